using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Merging;

/// <summary>What comes of two accounts that become one.</summary>
/// <param name="Into">The account that stays, as it is now.</param>
/// <param name="From">The one that goes.</param>
/// <param name="Result">The one that stays, as it will be: what it lacks it takes from the other.</param>
/// <param name="Parts">How much of what moves.</param>
public sealed record Merge(Customer Into, Customer From, Customer Result, IReadOnlyList<(AccountPart Part, long Count)> Parts);

/// <summary>Makes one account of two that are one person's. What hangs on the one moves to the other; its password, sessions and history go with it.</summary>
public sealed class MergeService(CustomerService customers, IEnumerable<AccountPart> parts, AuditWriter audit)
{
    public static readonly ErrorCode Itself = new(409, "MERGE_WITH_ITSELF");

    /// <summary>What would come of it.</summary>
    /// <param name="id">The account that stays: its id, e-mail address, phone number or user name.</param>
    /// <param name="with">The one that goes, likewise.</param>
    /// <exception cref="Refusal">404 NO_SUCH_USER, 409 MERGE_WITH_ITSELF, 422 on <c>with</c>.</exception>
    public async ValueTask<Merge> Preview(ReadTx s, string tenant, string id, string? with)
    {
        var into = await customers.Get(s, tenant, await customers.IdOf(s, tenant, id));
        if (string.IsNullOrWhiteSpace(with))
            throw Refusal.Field("with", "field.required");
        Customer from;
        try
        {
            from = await customers.Get(s, tenant, await customers.IdOf(s, tenant, with.Trim()));
        }
        catch (Refusal refusal) when (refusal.Code == CustomerErrors.NotFound.Code)
        {
            throw Refusal.Field("with", CustomerErrors.NotFound.Key);
        }
        if (from.Id == into.Id)
            throw new Refusal(Itself);
        var counted = new List<(AccountPart, long)>();
        foreach (var part in parts)
            counted.Add((part, await part.Count(s, tenant, from.Id)));
        return new Merge(into, from, Result(into, from), counted);
    }

    /// <summary>Does it.</summary>
    /// <returns>The account that stays.</returns>
    /// <exception cref="Refusal">As <see cref="Preview"/>.</exception>
    public async ValueTask<Customer> Run(WriteTx s, Caller who, string id, string? with)
    {
        var merge = await Preview(s, who.TenantId, id, with);
        // In one order, so that two who merge the same two queue.
        foreach (var account in new[] { merge.Into.Id, merge.From.Id }.Order(StringComparer.Ordinal))
            await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", who.TenantId), ("id", account));
        merge = await Preview(s, who.TenantId, merge.Into.Id, merge.From.Id);
        foreach (var (part, _) in merge.Parts)
            await part.Move(s, who.TenantId, merge.From.Id, merge.Into.Id);
        // First the one goes, for its names become the other's.
        await customers.Remove(s, who, merge.From.Id);
        var result = await customers.Save(s, who, merge.Into, merge.Result);
        await audit.Write(s, who, "customer.merged", CustomerService.Target(result), after: $$"""{"from":"{{merge.From.Id}}"}""");
        return result;
    }

    // An address that nobody has shown to be theirs is not taken over.
    private static Customer Result(Customer into, Customer from) => into with
    {
        Email = into.Email ?? (from.State == "pending" ? null : from.Email),
        Phone = into.Phone ?? from.Phone,
        DisplayName = into.DisplayName.Length > 0 ? into.DisplayName : from.DisplayName,
        Language = into.Language.Length > 0 ? into.Language : from.Language,
        TimeZone = into.TimeZone.Length > 0 ? into.TimeZone : from.TimeZone,
        Note = Joined(into.Note, from.Note),
    };

    private static string Joined(string note, string other)
    {
        var both = note.Length == 0 || other.Length == 0 ? note + other : note + "\n" + other;
        return both.Length <= Customer.MaxNote ? both : note;
    }
}
