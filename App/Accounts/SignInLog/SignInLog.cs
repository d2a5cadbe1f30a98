using System.Text.Json.Serialization;
using Gatehouse.Accounts.Logins;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignInLog;

/// <summary>What the log of sign-ins is narrowed by; null asks for nothing. Times in unix milliseconds, <paramref name="To"/> exclusive.</summary>
/// <param name="Account">An account's id, or one of its names.</param>
/// <param name="Kind"><c>staff</c> or <c>customer</c>.</param>
/// <param name="Outcome">One of <see cref="SignInEntry.Outcomes"/>.</param>
public sealed record SignInFilter(string? Account = null, string? Kind = null, string? Outcome = null, string? Ip = null, long? From = null, long? To = null);

/// <summary>Somebody tried to come in, as REST tells it.</summary>
/// <param name="AccountId">Null for a name that nobody has: such a name is not kept.</param>
/// <param name="Kind"><c>staff</c> or <c>customer</c>; null for nobody, and where the account is gone.</param>
public sealed record SignInEntry(string Id, string Time, string? AccountId, string? Kind, string Username, string Outcome, string? Ip, string? UserAgent)
{
    /// <summary>Two letters (ISO 3166-1), by what is known now; null: not known.</summary>
    public string? Country { get; init; }

    public string? City { get; init; }

    internal SignInEntry At(Place place) => this with { Country = place.Country.Length > 0 ? place.Country : null, City = place.City.Length > 0 ? place.City : null };

    /// <summary>All that may come of it; <c>asked</c>: the password was right and a code was asked for, <c>code</c>: that was wrong.</summary>
    public static readonly IReadOnlyList<string> Outcomes = ["ok", "asked", "wrong", "code", "locked", "disabled", "pending", "network"];

    public static readonly IReadOnlyList<string> Kinds = ["staff", "customer"];
}

public sealed record SignInList(bool Success, IReadOnlyList<SignInEntry> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SignInList))]
internal sealed partial class SignInLogJson : JsonSerializerContext;

/// <summary>The SQL of a tenant's log of sign-ins.</summary>
internal static class SignInLogStore
{
    /// <summary>A page of what the filter lets through, newest first.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public static async ValueTask<Slice<SignInEntry>> List(ReadTx s, string tenant, SignInFilter wanted, string? after, int limit)
    {
        var account = wanted.Account is { } named ? await AccountLogins.Find(s, tenant, named) ?? named : null;
        var filter = new SqlFilter("s.tenant_id = @tenant", ("tenant", tenant)).Is("s.account_id", "account", account).Is("a.kind", "kind", wanted.Kind)
            .Is("s.outcome", "outcome", wanted.Outcome).Is("s.ip", "ip", wanted.Ip).After("s.id", Cursor.Decode(after));
        if (wanted.From is { } from)
            filter.And("s.at >= @from", ("from", from));
        if (wanted.To is { } to)
            filter.And("s.at < @to", ("to", to));
        var rows = await s.All(
            $"""
            SELECT s.id, s.at, s.account_id, a.kind, s.username, s.outcome, s.ip, s.user_agent
            FROM sign_ins s LEFT JOIN accounts a ON a.id = s.account_id AND a.tenant_id = s.tenant_id
            WHERE {filter.Sql} ORDER BY s.id DESC LIMIT @limit
            """,
            r => new SignInEntry(r.GetString(0), Format.Iso(r.GetInt64(1)), r.TextOrNull(2), r.TextOrNull(3), r.GetString(4), r.GetString(5), r.TextOrNull(6), r.TextOrNull(7)),
            filter.Args(("limit", limit + 1L)));
        return Slice<SignInEntry>.Of(rows, limit, e => e.Id);
    }
}
