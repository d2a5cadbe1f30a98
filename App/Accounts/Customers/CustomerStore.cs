using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Customers;

/// <summary>What a list of customers is narrowed by.</summary>
/// <param name="Query">Part of a name, address, number or note.</param>
/// <param name="State">One of <see cref="Customer.States"/>; null is all.</param>
public sealed record CustomerFilter(string? Query = null, string? State = null, string? After = null, int Limit = Cursor.DefaultLimit)
{
    public ListOrder Order { get; init; } = CustomerSort.Default;
}

/// <summary>The SQL of customers: the same table as staff, under another kind and without a role.</summary>
internal static class CustomerStore
{
    private const string Locks = "sign_in_failures f WHERE f.account_id = a.id AND f.locked_until > @now";

    public const string LockedUntil = $"(SELECT MAX(f.locked_until) FROM {Locks})";

    public const string State =
        $"""
        CASE WHEN a.disabled_at IS NOT NULL THEN 'disabled' WHEN a.leaves_at IS NOT NULL THEN 'leaving' WHEN a.pending = 1 THEN 'pending'
          WHEN EXISTS (SELECT 1 FROM {Locks}) THEN 'locked' ELSE 'active' END
        """;

    public const string TwoFactorAt = "(SELECT t.confirmed_at FROM two_factors t WHERE t.account_id = a.id)";

    public const string HasPasskeys = "CAST(CASE WHEN EXISTS (SELECT 1 FROM passkeys k WHERE k.account_id = a.id) THEN 1 ELSE 0 END AS BIGINT)";

    public const string News = "CAST(CASE WHEN EXISTS (SELECT 1 FROM mail_choices m WHERE m.tenant_id = a.tenant_id AND m.account_id = a.id) THEN 0 ELSE 1 END AS BIGINT)";

    private const int MostSorted = 1024;
    private const string Mine = "a.tenant_id = @tenant AND a.kind = 'customer'";

    // SQLite reads a cross join from left to right.
    private const string People = "accounts a", WordsFirst = "customer_search f CROSS JOIN accounts a", PeopleFirst = "accounts a CROSS JOIN customer_search f";
    private static readonly string Select = $"SELECT {Customer.Fields.Columns} FROM accounts a WHERE {Mine}";
    private static readonly string UpdateSql = Customer.Fields.Update + " AND kind = 'customer'";

    // What is an account's and not a customer's is written here.
    private static readonly string InsertSql = Customer.Fields.Insert
        .Replace("(tenant_id,", "(kind, password_hash, role_scope, password_changed_at, password_one_time, tenant_id,", StringComparison.Ordinal)
        .Replace("(@tenant,", "('customer', @hash, 'tenant', @created_at, @one_time, @tenant,", StringComparison.Ordinal) + " ON CONFLICT DO NOTHING";

    public static ValueTask<Customer?> Find(ReadTx s, string tenant, string id, long now) =>
        s.One(Select + " AND a.id = @id", Customer.Fields.FromRow, ("tenant", tenant), ("id", id), ("now", now));

    public static async ValueTask<Customer?> FindLocked(WriteTx s, string tenant, string id, long now) =>
        await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND kind = 'customer' AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is null
            ? null : await Find(s, tenant, id, now);

    /// <summary>In the order of the filter.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public static async ValueTask<Slice<Customer>> List(ReadTx s, string tenant, CustomerFilter filter, long now)
    {
        var (order, where, key, from) = (filter.Order, Where(tenant, filter), Customer.Fields.All.Count, From(filter));
        if (!order.ById && (filter.Query ?? filter.State) is not null)
            (where, from) = await Few(s, tenant, from, where, now) is { } few ? (few, People) : (where, filter.Query is null ? from : PeopleFirst);
        // What is searched lies in the order of the ids.
        var id = order.ById && from == WordsFirst ? "f.account_id" : "a.id";
        order.After(where, id, filter.After);
        var rows = await s.All($"SELECT {Customer.Fields.Columns}{(order.ById ? "" : ", " + order.Key.Sql)} FROM {from} WHERE {where.Sql} ORDER BY {order.By(id)} LIMIT @limit",
            r => Customer.Fields.FromRow(r) is var c ? (Customer: c, At: order.Position(c.Id, r, key)) : default, where.Args(("limit", filter.Limit + 1L), ("now", now)));
        var page = Slice<(Customer Customer, string At)>.Of(rows, filter.Limit, r => r.At);
        return new([.. page.Items.Select(r => r.Customer)], page.Next);
    }

    // An index that gives an order knows nothing of a search or a state. Where they find few, those are sorted; where they find many, the
    // index comes to a page of them soon.
    private static async ValueTask<SqlFilter?> Few(ReadTx s, string tenant, string from, SqlFilter where, long now)
    {
        var ids = await s.All($"SELECT a.id FROM {from} WHERE {where.Sql} LIMIT @limit", r => r.GetString(0), where.Args(("limit", MostSorted + 1L), ("now", now)));
        if (ids.Count > MostSorted)
            return null;
        // A few texts of the statement, not one for each number of them.
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(ids.Count, 1));
        (string Name, object? Value)[] args = [.. Enumerable.Range(0, size).Select(i => ($"i{i}", (object?)(i < ids.Count ? ids[i] : "")))];
        return new SqlFilter($"{Mine} AND a.id IN ({string.Join(", ", args.Select(a => "@" + a.Name))})", [("tenant", tenant), .. args]);
    }

    /// <summary>How many the filter finds, not counted beyond a limit.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, CustomerFilter filter, long limit, long now)
    {
        var where = Where(tenant, filter);
        return s.Number($"SELECT COUNT(*) FROM (SELECT a.id FROM {From(filter)} WHERE {where.Sql} LIMIT @limit) found", where.Args(("limit", limit), ("now", now)));
    }

    // Words are looked for in a narrow table: a search for one that nobody has reads all of it.
    private static string From(CustomerFilter filter) => string.IsNullOrWhiteSpace(filter.Query) ? People : WordsFirst;

    private static SqlFilter Where(string tenant, CustomerFilter filter)
    {
        var where = new SqlFilter(Mine, ("tenant", tenant));
        if (StateIs(filter.State) is { } condition)
            where.And(condition);
        return string.IsNullOrWhiteSpace(filter.Query) ? where : where.And("f.tenant_id = @tenant AND f.account_id = a.id").Contains("q", filter.Query, "f.folded");
    }

    /// <returns>False when the username is taken.</returns>
    public static async ValueTask<bool> Insert(WriteTx s, string tenant, Customer customer, string passwordHash, bool oneTime) =>
        await s.Execute(InsertSql, [.. Customer.Fields.Arguments(FieldUse.Inserted, tenant, customer), ("hash", passwordHash), ("one_time", oneTime ? 1L : 0L)]) == 1 && await Found(s, tenant, customer) == 1;

    public static async ValueTask<int> Update(WriteTx s, string tenant, Customer customer) =>
        await s.Execute(UpdateSql, Customer.Fields.Arguments(FieldUse.Updated, tenant, customer)) is > 0 and var done && await Found(s, tenant, customer) == 1 ? done : 0;

    // By what staff find the person from now on.
    private static ValueTask<int> Found(WriteTx s, string tenant, Customer c) => s.Execute(
        "INSERT INTO customer_search (tenant_id, account_id, folded) VALUES (@tenant, @id, @folded) ON CONFLICT (tenant_id, account_id) DO UPDATE SET folded = excluded.folded",
        ("tenant", tenant), ("id", c.Id), ("folded", SearchText.Of(c.Username, c.DisplayName, c.Email, c.Phone, c.Note)));

    public static ValueTask<int> SetDisabled(WriteTx s, string tenant, string id, long? at) => s.Execute(
        "UPDATE accounts SET disabled_at = @at WHERE tenant_id = @tenant AND kind = 'customer' AND id = @id", ("at", at), ("tenant", tenant), ("id", id));

    public static ValueTask<int> SetPassword(WriteTx s, string tenant, string id, string hash, bool oneTime, long now) => s.Execute(
        """
        UPDATE accounts SET password_hash = @hash, password_changed_at = @now, password_one_time = @one_time, failures = 0, locked_until = NULL
        WHERE tenant_id = @tenant AND kind = 'customer' AND id = @id
        """,
        ("hash", hash), ("now", now), ("one_time", oneTime ? 1L : 0L), ("tenant", tenant), ("id", id));

    /// <summary>Removes the row and what says who it was: its names and its sign-ins.</summary>
    public static async ValueTask<int> Delete(WriteTx s, string tenant, string id)
    {
        await AccountLogins.Set(s, tenant, id, []);
        await AccountEvents.Forget(s, tenant, id);
        await EmailCodes.Forget(s, tenant, id);
        await s.Execute("DELETE FROM password_resets WHERE tenant_id = @tenant AND account_id = @id", ("tenant", tenant), ("id", id));
        await SignInLocks.Clear(s, tenant, id);
        // Answers that are kept to be given again: those to the person, and those that are about them.
        await s.Execute("DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND (caller = @id OR body LIKE @about)", ("tenant", tenant), ("id", id), ("about", $"%{id}%"));
        await s.Execute("DELETE FROM sign_ins WHERE tenant_id = @tenant AND account_id = @id", ("tenant", tenant), ("id", id));
        await s.Execute("DELETE FROM customer_search WHERE tenant_id = @tenant AND account_id = @id", ("tenant", tenant), ("id", id));
        return await s.Execute("DELETE FROM accounts WHERE tenant_id = @tenant AND kind = 'customer' AND id = @id", ("tenant", tenant), ("id", id));
    }

    // The same as State says, so that an index serves it.
    private static string? StateIs(string? state) => state switch
    {
        "disabled" => "a.disabled_at IS NOT NULL",
        "leaving" => "a.leaves_at IS NOT NULL AND a.disabled_at IS NULL",
        "pending" => "a.pending = 1 AND a.disabled_at IS NULL AND a.leaves_at IS NULL",
        "locked" => $"{Open} AND a.id IN (SELECT f.account_id FROM sign_in_failures f WHERE f.tenant_id = @tenant AND f.locked_until > @now)",
        "active" => $"{Open} AND NOT EXISTS (SELECT 1 FROM {Locks})",
        _ => null,
    };

    private const string Open = "a.disabled_at IS NULL AND a.leaves_at IS NULL AND a.pending = 0";
}
