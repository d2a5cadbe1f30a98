using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Points;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>The list of customers: every order walked page by page, and the columns that each member of staff wants to see.</summary>
public sealed class CustomerListTests
{
    // Alike in names, points and days, without an address, never signed in, and what no engine may sort by its own mind.
    private static readonly (string Username, string? Email, string Name, long Points, long? SignedIn)[] People =
    [
        ("a1", "zoe@example.com", "Anna", 5, 30), ("a2", null, "anna", 5, null), ("a3", "anna@example.com", "Ärger", 0, 10), ("a4", "_x@example.com", "", 100, null), ("a5", null, "", 0, 10),
        ("a6", "b.c@example.com", "陈宇", 7, 20), ("a7", "b-c@example.com", "Zoe", 7, 30), ("a8", "bc@example.com", "ZOE", 5, 5), ("a9", "~tilde@example.com", "anna-maria", 1, null),
    ];

    public static TheoryData<string, Engine> Orders()
    {
        var data = new TheoryData<string, Engine>();
        foreach (var key in CustomerSort.Keys)
            foreach (var order in new[] { key.Name, "-" + key.Name })
                foreach (var engine in Enum.GetValues<Engine>())
                    data.Add(order, engine);
        return data;
    }

    [Theory, MemberData(nameof(Orders))]
    public async Task Each_order_is_walked_by_key_and_nobody_is_left_out_or_seen_twice(string sort, Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var people = new List<Customer>();
        foreach (var (username, email, name, balance, signedIn) in People)
        {
            var made = await bench.Customer(new() { Username = username, Email = email, DisplayName = name });
            await bench.Db.Write(s => s.Execute("UPDATE accounts SET last_sign_in_at = @at, points = @points WHERE id = @id", ("at", signedIn), ("points", balance), ("id", made.Id)));
            people.Add(await bench.Db.Read(s => bench.Customers.Get(s, "default", made.Id)));
        }
        var order = ListOrder.Of(sort, CustomerSort.Keys)!;
        IComparable Key(Customer c) => order.Key.Name switch
        {
            "name" => new Bytes(CustomerSort.Name(c.Called)), "email" => new Bytes(c.Email ?? "~"), "points" => c.Points, "last_sign_in" => c.LastSignInAt ?? 0, _ => new Bytes(c.Id),
        };
        var expected = people.OrderBy(Key).ThenBy(c => c.Id, StringComparer.Ordinal).Select(c => c.Username).ToList();
        if (order.Descending)
            expected.Reverse();
        Assert.Equal(expected, await Walk(new CustomerFilter(Limit: 2) { Order = order }));
        Assert.Equal(expected, await Walk(new CustomerFilter(Limit: 3) { Order = order }));
        // The same among those that a search and a state find.
        Assert.Equal(expected.Where(u => u is "a1" or "a7" or "a8"), await Walk(new CustomerFilter("ZOE", Limit: 2) { Order = order }));
        Assert.Equal(expected, await Walk(new CustomerFilter(State: "active", Limit: 4) { Order = order }));
        Assert.Empty(await Walk(new CustomerFilter("nobody", Limit: 4) { Order = order }));
        // One who goes, and one who comes, between two pages.
        var first = await List(new CustomerFilter(Limit: 3) { Order = order });
        await bench.Db.Write(s => bench.Customers.Remove(s, Caller.System, first.Items[2].Id));
        var rest = await Walk(new CustomerFilter(After: first.Next, Limit: 3) { Order = order });
        Assert.Equal(expected.Skip(3), rest);

        Task<Slice<Customer>> List(CustomerFilter filter) => bench.Db.Read(s => bench.Customers.List(s, "default", filter));
        async Task<List<string>> Walk(CustomerFilter filter)
        {
            var seen = new List<string>();
            for (var page = await List(filter); ; page = await List(filter with { After = page.Next }))
            {
                seen.AddRange(page.Items.Select(c => c.Username));
                Assert.InRange(page.Items.Count, 0, filter.Limit);
                if (page.Next is null)
                    return seen;
            }
        }
    }

    [Theory, BothEngines]
    public async Task A_search_that_finds_many_is_sorted_as_one_that_finds_few(Engine engine)
    {
        const int many = 1500;
        await using var bench = await Bench.Open(engine);
        (string, object?)[][] rows = [.. Enumerable.Range(0, many).Select(i => new (string, object?)[] { ("id", $"id{i:d5}"), ("name", $"many {i * 7919 % many:d5}") })];
        await bench.Db.Write(async s =>
        {
            await s.ExecuteMany("INSERT INTO customer_search (tenant_id, account_id, folded) VALUES ('default', @id, @name)", rows);
            return await s.ExecuteMany(
                """
                INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role_scope, created_at, password_changed_at, sort_name)
                VALUES (@id, 'default', 'customer', @id, @name, '!', 'tenant', 0, 0, @name)
                """, rows);
        });
        foreach (var sort in new[] { "name", "-name" })
        {
            var filter = new CustomerFilter("many", Limit: 400) { Order = ListOrder.Of(sort, CustomerSort.Keys)! };
            var seen = new List<string>();
            for (var page = await bench.Db.Read(s => bench.Customers.List(s, "default", filter)); ; page = await bench.Db.Read(s => bench.Customers.List(s, "default", filter with { After = page.Next })))
            {
                seen.AddRange(page.Items.Select(c => c.DisplayName));
                if (page.Next is null)
                    break;
            }
            var expected = Enumerable.Range(0, many).Select(i => $"many {i:d5}");
            Assert.Equal(sort == "name" ? expected : expected.Reverse(), seen);
        }
    }

    [Fact]
    public async Task An_index_gives_each_order()
    {
        await using var bench = await Bench.Open(Engine.Sqlite);
        foreach (var key in CustomerSort.Keys)
            foreach (var descending in new[] { false, true })
            {
                var order = new ListOrder(key, descending);
                var where = order.After(new SqlFilter("a.tenant_id = 'default' AND a.kind = 'customer'"), "a.id", Cursor.Encode(key.Sql.Length == 0 ? "x" : "x 1"));
                var plan = await bench.Db.Read(s => s.All($"EXPLAIN QUERY PLAN SELECT a.note FROM accounts a WHERE {where.Sql} ORDER BY {order.By("a.id")} LIMIT 51", r => r.GetString(3), where.Args()));
                Assert.Contains("USING INDEX accounts_" + (key.Sql.Length == 0 ? "kind" : "by_"), Assert.Single(plan), StringComparison.Ordinal);
            }
    }

    [Theory, BothEngines]
    public async Task What_is_sorted_by_is_what_is_known(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var points = new PointService(bench.Customers, bench.Audit, bench.Clock);
        var (into, from) = (await bench.Customer(new() { Username = "into", Email = "into@example.com" }), await bench.Customer(new() { Username = "from", DisplayName = new string('ﷺ', 60) }));
        foreach (var (id, amount) in new[] { (into.Id, 50L), (into.Id, -20), (from.Id, 7) })
            await bench.Db.Write(s => points.Change(s, Caller.System, id, new() { Amount = amount, Reason = "x" }));
        await bench.Db.Write(s => points.Spend(s, Bench.Visitor with { Kind = "customer", Id = into.Id }, new() { Amount = 4, Reason = "tile" }));
        Assert.Equal((26, 7), ((await Get(into)).Points, (await Get(from)).Points));
        await bench.Db.Write(async s => { await PointsPart.Part.Move(s, "default", from.Id, into.Id); return true; });
        Assert.Equal((33, 33), ((await Get(into)).Points, await bench.Db.Read(s => points.Balance(s, "default", into.Id))));
        // A name that grows when it is folded is cut as any other.
        Assert.Equal(40, (await bench.Db.Read(s => s.One("SELECT sort_name FROM accounts WHERE id = @id", r => r.GetString(0), ("id", from.Id))))!.Length);
        await bench.Db.Write(s => bench.Customers.Update(s, Caller.System, into.Id, c => c with { DisplayName = "ZOË" }));
        Assert.Equal("zoe", await bench.Db.Read(s => s.One("SELECT sort_name FROM accounts WHERE id = @id", r => r.GetString(0), ("id", into.Id))));

        Task<Customer> Get(Customer c) => bench.Db.Read(s => bench.Customers.Get(s, "default", c.Id));
    }

    [Fact]
    public async Task A_program_asks_for_an_order_by_its_name()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        foreach (var (username, name) in new[] { ("one", "Bo"), ("two", "Anna"), ("three", "Chen") })
            await owner.PostApi("/api/users", new { username, display_name = name });
        Assert.Equal(["two", "one", "three"], await Names("?sort=name"));
        Assert.Equal(["three", "one", "two"], await Names("?sort=-name"));
        Assert.Equal(["three", "two", "one"], await Names(""));
        var page = await owner.GetApi("/api/users?sort=name&limit=1");
        Assert.Equal(["one", "three"], await Names("?sort=name&after=" + (string)page["next"]!));
        foreach (var wrong in new[] { "sort=king", "sort=--name", "sort=-", "sort=name&after=" + Cursor.Encode("x"), "sort=points&after=" + Cursor.Encode("x y") })
            (await owner.GetApi("/api/users?" + wrong)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", wrong.Contains("after", StringComparison.Ordinal) ? "after" : "sort");

        async Task<IEnumerable<string?>> Names(string query) => (await owner.GetApi("/api/users" + query)).Items().Select(c => (string?)c!["username"]);
    }

    [Theory, BothEngines]
    public async Task Columns_are_chosen_by_each_for_themselves(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Staff.Customer(username: "mei");
        var (owner, other) = (await server.SignedIn(Role.Owner), await server.SignedIn(Role.Analyst));
        var page = await owner.Get("/admin/users?state=active&sort=-name");
        Assert.Equal(["Customer", "E-mail", "Phone", "State", "Customer since", "Last sign-in"], Heads(page));
        Assert.Equal("descending", page.One("th[aria-sort]").GetAttribute("aria-sort"));
        Assert.Equal("/admin/users?state=active&sort=name", page.One("th[aria-sort] a").GetAttribute("href"));
        Assert.Equal("/admin/users?state=active", page.Document.QuerySelectorAll("th a").Single(a => a.TextContent.Trim() == "Customer since").GetAttribute("href"));
        Assert.Equal(["email", "phone", "state", "since", "last_sign_in"], page.Document.QuerySelectorAll("#columns input[checked]").Select(i => i.GetAttribute("value")));
        Assert.Empty(page.Document.QuerySelectorAll("#columns button[name=anew]"));

        page = await Choose(owner, page, "points", "email", "nonsense");
        Assert.Equal("/admin/users?state=active&sort=-name", page.Path);
        Assert.Equal(["Customer", "E-mail", "Points"], Heads(page));
        Assert.Equal("email points", await server.Db.Read(s => s.One("SELECT columns FROM list_columns", r => r.GetString(0))));
        // Stacked on a phone, where it fits no more.
        Assert.NotNull(page.Document.QuerySelector("#list table.gh-stack"));
        Assert.Equal(6, Heads(await other.Get("/admin/users")).Count);
        page = await Choose(owner, page);
        Assert.Equal(["Customer"], Heads(page));
        page = await owner.Submit(page, "#columns form", new() { ["anew"] = "1" });
        Assert.Equal(6, Heads(page).Count);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM list_columns")));
        // It goes with who has chosen.
        await Choose(other, await other.Get("/admin/users"), "points");
        await server.Db.Write(s => s.Execute("DELETE FROM sessions"));
        await server.Db.Write(s => s.Execute("DELETE FROM account_logins WHERE account_id IN (SELECT id FROM accounts WHERE role = 'analyst')"));
        await server.Db.Write(s => s.Execute("DELETE FROM accounts WHERE kind = 'staff' AND role = 'analyst'"));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM list_columns")));

        static List<string> Heads(TestPage page) => [.. page.Document.QuerySelectorAll("#list th:not(.gh-tick)").Select(h => h.TextContent.Trim())];
        Task<TestPage> Choose(TestBrowser browser, TestPage page, params string[] columns) => browser.Send(() => new HttpRequestMessage(HttpMethod.Post, "/admin/users/columns")
        {
            Headers = { Referrer = new Uri(server.Address, page.Path) },
            Content = new FormUrlEncodedContent([new("_csrf", page.One("#columns input[name=_csrf]").GetAttribute("value")!), .. columns.Select(c => KeyValuePair.Create("column", c))]),
        }, follow: true);
    }

    // As both engines sort text: by its bytes.
    private sealed record Bytes(string Text) : IComparable
    {
        public int CompareTo(object? other) => System.Text.Encoding.UTF8.GetBytes(Text).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(((Bytes)other!).Text));
    }
}
