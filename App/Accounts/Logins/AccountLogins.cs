using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Logins;

/// <summary>The names that open an account's door: user name, e-mail address, phone number. A name is one account's, staff or customer.</summary>
internal static class AccountLogins
{
    /// <summary>Gives the account these names in place of those it had.</summary>
    /// <returns>The first that another account has: then nothing may be committed. Null when all are its own now.</returns>
    public static async ValueTask<string?> Set(WriteTx tx, string tenant, string account, IEnumerable<string> names)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        var had = await tx.All("SELECT name FROM account_logins WHERE tenant_id = @tenant AND account_id = @account", r => r.GetString(0), ("tenant", tenant), ("account", account));
        foreach (var name in had.Where(n => !wanted.Contains(n)))
            await tx.Execute("DELETE FROM account_logins WHERE tenant_id = @tenant AND name = @name AND account_id = @account", ("tenant", tenant), ("name", name), ("account", account));
        // In one order, so that two who want the same two queue instead of deadlocking.
        foreach (var name in wanted.Except(had).Order(StringComparer.Ordinal))
            if (await tx.Execute("INSERT INTO account_logins (tenant_id, name, account_id) VALUES (@tenant, @name, @account) ON CONFLICT DO NOTHING", ("tenant", tenant), ("name", name), ("account", account)) == 0)
                return name;
        return null;
    }

    /// <summary>The account that what was typed names: as it is, as an e-mail address, as a phone number.</summary>
    public static async ValueTask<string?> Find(ReadTx tx, string tenant, string typed)
    {
        // Neither engine takes such a text, and nobody is called that.
        if (typed.Length > ContactRules.MaxEmail || typed.Any(char.IsControl))
            return null;
        foreach (var name in new[] { typed.Trim().ToLowerInvariant(), ContactRules.Email(typed), ContactRules.Phone(typed) }.OfType<string>().Distinct())
            if (await tx.One("SELECT account_id FROM account_logins WHERE tenant_id = @tenant AND name = @name", r => r.GetString(0), ("tenant", tenant), ("name", name)) is { } account)
                return account;
        return null;
    }
}
