using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;

namespace Gatehouse.Accounts.CustomerImport;

/// <summary>How those who come without a password get in.</summary>
public enum ImportInvite
{
    /// <summary>Not by us: they use “Forgotten password”, or staff help them.</summary>
    None,

    /// <summary>By a link that sets their password, mailed to them.</summary>
    Mail,

    /// <summary>By the same link, which staff get once and hand over.</summary>
    Links,
}

/// <summary>What becomes of a line.</summary>
public enum LineVerdict { Created, Exists, Refused }

/// <param name="Fault">Why it is refused.</param>
public sealed record JudgedLine(CustomerLine Line, LineVerdict Verdict, LineFault? Fault);

/// <summary>A line that is to be brought in, its password hashed.</summary>
public sealed record BatchLine(int Line, string Username, string? Email, string? Phone, string DisplayName, string Language, string TimeZone, string Note, string Hash, bool HasPassword)
{
    [JsonIgnore]
    public Customer Customer => new() { Username = Username, Email = Email, Phone = Phone, DisplayName = DisplayName, Language = Language, TimeZone = TimeZone, Note = Note };

    public static BatchLine Of(CustomerLine line, string hash)
    {
        var c = line.Customer;
        return new(line.Line, c.Username, c.Email, c.Phone, c.DisplayName, c.Language, c.TimeZone, c.Note, hash, line.Password.Length > 0);
    }
}

/// <param name="Reason">A stored message.</param>
public sealed record RefusedLine(int Line, string Field, string Reason);

/// <summary>Lines that are to be brought in, as their operation keeps them until it has run.</summary>
/// <param name="Language">Of those whose line says none.</param>
public sealed record CustomerBatch(ImportInvite Invite, string Language, IReadOnlyList<RefusedLine> Refused, IReadOnlyList<BatchLine> Lines)
{
    /// <summary>Of its operation.</summary>
    public string Key { get; init; } = "";
}

/// <summary>What came of an import.</summary>
/// <param name="Refused">The first of them.</param>
public sealed record ImportResult(long Created, long Exists, IReadOnlyList<RefusedLine> Refused)
{
    /// <summary>Of those that are kept in an operation.</summary>
    public const int MaxRefused = 200;

    public string Key { get; init; } = "";

    public long RefusedCount { get; init; } = Refused.Count;
}

/// <summary>Customers to bring in.</summary>
/// <param name="Content">CSV with a heading.</param>
/// <param name="Invite"><c>none</c>, <c>mail</c> or <c>links</c>.</param>
public sealed record CustomerImportRequest(string Content, string Invite = "none", bool DryRun = false);

/// <param name="Result"><c>created</c>, <c>exists</c> or <c>refused</c>; of a dry run, what it would be.</param>
/// <param name="Id">Of the customer that came.</param>
/// <param name="Link">Sets the customer's password: in the first answer only.</param>
public sealed record CustomerImportItem(
    int Line, string Result,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Link = null);

/// <param name="Items">By line; left out where it runs in the background.</param>
/// <param name="Operation">Where it runs in the background: <c>/api/operations/{id}</c>.</param>
/// <param name="NotRead">Headings that name no column.</param>
public sealed record CustomerImportResponse(
    bool Success, bool DryRun, long Created, long Exists, long Refused,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CustomerImportItem>? Items = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Operation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? NotRead = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CustomerImportRequest))]
[JsonSerializable(typeof(CustomerImportResponse))]
[JsonSerializable(typeof(CustomerBatch))]
[JsonSerializable(typeof(ImportResult))]
internal sealed partial class CustomerImportJson : JsonSerializerContext;
