using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>What people search by is found however it is written, on both engines, and in rows of before.</summary>
public sealed class SearchTextTests
{
    private static readonly string[] Typed = ["привет мир", "ПРИВЕТ", "ärger", "ARGER", "ссылка", "100%", "１００％", "_x", "ss"];

    private const string Name = "Привет МИР Ärger Ссылка 100% _x Straße";

    private static async Task<List<string>> Found(Database db, string typed)
    {
        var found = new List<string>();
        if ((await db.Read(s => AccountStore.List(s, Caller.DefaultTenant, new StaffFilter(typed)))).Items.Count == 1)
            found.Add("staff");
        if ((await db.Read(s => TokenStore.List(s, Caller.DefaultTenant, new TokenFilter(typed), 1))).Items.Count == 1)
            found.Add("token");
        var queries = new LicenseQueries(db, new FakeClock(), NullLogger<LicenseQueries>.Instance);
        if ((await new BatchQueries(db, new FakeClock()).List(Caller.DefaultTenant, null, 10, default, typed)).Items.Count == 1)
            found.Add("batch");
        if ((await queries.List(Caller.DefaultTenant, new LicenseFilter(Query: typed), null, 10, default)).Items.Any(l => l.Note == Name))
            found.Add("license");
        foreach (var (what, query) in new[] { ("actor", new AuditQuery(Actor: typed)), ("target", new AuditQuery(Target: typed)), ("audit", new AuditQuery(Text: typed)) })
            if ((await db.Read(s => AuditStore.Find(s, Caller.DefaultTenant, query, null, 50))).Items.Count > 0)
                found.Add(what);
        return found;
    }

    [Theory, BothEngines]
    public async Task What_is_written_now_is_found(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var who = Shop.Staff with { Name = Name, Kind = "cli" };
        await shop.Db.Write(s => shop.Get<AccountService>().Create(s, who, new NewStaff("wei", "other", Role.Admin, "!")));
        var token = (await shop.Db.Write(s => shop.Get<TokenService>().Create(s, who, new NewToken("other", Role.Admin, null, null)))).Token;
        var plan = await shop.Plan();
        var key = (await shop.Keys(plan, 1, note: Name))[0];
        Assert.DoesNotContain("license", await Found(shop.Db, Typed[0]));
        // By the ways that change them, too.
        var account = (await shop.Db.Read(s => shop.Get<AccountService>().List(s, Caller.DefaultTenant))).Single();
        await shop.Db.Write(s => shop.Get<AccountService>().Change(s, who, account.Id, new StaffChange(Name)));
        await shop.Db.Write(s => shop.Get<TokenService>().Change(s, who, token.Id, Name, null));
        await shop.Db.Command(who, s => shop.Get<AuditWriter>().Write(s, who, "test", new AuditTarget("plan", "1", Name)));
        await shop.Do(key, new LicenseAction(ActionName.Note, Note: Name));
        foreach (var typed in Typed)
            Assert.Equal(["staff", "token", "batch", "license", "actor", "target", "audit"], await Found(shop.Db, typed));
        Assert.Empty(await Found(shop.Db, "100!"));
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, "x", [new ImportLine(1, "OLD-1", "Ünïcode")]));
        Assert.Equal("OLD-1", Assert.Single((await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, new LicenseFilter(Query: "UNICODE"), null, 10, default)).Items).Key);
    }

    [Theory, BothEngines]
    public async Task What_was_written_before_is_found_after_the_way_up(Engine engine)
    {
        await using var old = await OldDatabase.Make(engine, async s =>
        {
            await s.Execute("INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role, role_scope, created_at, password_changed_at) VALUES ('a', 'default', 'staff', 'wei', @name, '!', 'admin', 'global', 1, 1)", ("name", Name));
            await s.Execute("INSERT INTO api_tokens (id, tenant_id, name, token_hash, role, scopes, created_by, created_at) VALUES ('t', 'default', @name, 'h', 'admin', '', 'cli', 1)", ("name", Name));
            await s.Execute("INSERT INTO products (id, tenant_id, name, kind, created_at) VALUES ('p', 'default', 'P', 'software', 1)");
            await s.Execute("INSERT INTO plans (id, tenant_id, product_id, name, price, currency, machine_limit, prefix, offline_grace_seconds, entitlements, notes, enabled, created_at, updated_at) VALUES ('p', 'default', 'p', 'P', 0, 'CNY', 1, '', 0, '{}', '', 1, 1, 1)");
            await s.Execute("INSERT INTO batches (id, tenant_id, plan_id, name, source, prefix, key_count, created_by, created_at) VALUES ('b', 'default', 'p', @name, 'generated', '', 1, 'x', 1)", ("name", Name));
            await s.Execute("INSERT INTO batches (id, tenant_id, plan_id, name, source, prefix, key_count, created_by, created_at) VALUES ('c', 'default', 'p', 'other', 'generated', '', 1, 'x', 1)");
            // More than one page of them, and few with a note.
            await s.ExecuteMany("INSERT INTO licenses (id, tenant_id, key, prefix, code, plan_id, batch_id, state, created_at, note) VALUES (@id, 'default', @id, '', @id, 'p', 'c', 'unused', 1, @note)",
                [.. Enumerable.Range(0, 9000).Select(i => new (string, object?)[] { ("id", $"K{i:0000}"), ("note", i == 8765 ? Name : i % 2 == 0 ? "n" : "") })]);
            var hash = "";
            for (var seq = 1L; seq <= 2100; seq++)
                hash = await OldDatabase.Audit(s, new AuditEntry(seq, Caller.DefaultTenant, seq, "cli", null, seq == 2050 ? Name : "cli", null, "plan.changed", new AuditTarget("plan", "id", seq == 3 ? Name : "Plan"),
                    null, seq == 1 ? """{"name":"\u041f\u0440\u0438\u0432\u0435\u0442 \u0000","path":"C:\\u0041"}""" : null, null, ""), hash);
        });
        foreach (var typed in Typed)
            Assert.Equal(["staff", "token", "batch", "license", "actor", "target", "audit"], await Found(old.Db, typed));
        Assert.Equal([2050L, 3, 1], (await old.Db.Read(s => AuditStore.Find(s, Caller.DefaultTenant, new AuditQuery(Text: "привет"), null, 50))).Items.Select(e => e.Seq));
        Assert.Equal(4501, await old.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses WHERE note_folded <> ''")));
        Assert.Empty(await old.Log.Verify());
    }

    [Fact]
    public void Json_is_searched_as_it_says_and_not_as_it_is_escaped()
    {
        Assert.Equal("""{"name":"привет"}""", SearchText.Of("""{"name":"\u041F\u0440\u0438\u0432\u0435\u0442"}"""));
        Assert.Equal("""a {"path":"c:\\u0041"} b""", SearchText.Of("A", null, "", """{"path":"C:\\u0041"}""", "B"));
        Assert.Equal("\\u0041", SearchText.Of("\\u0041"));
        Assert.Equal("[\" \"]", SearchText.Of("[\"\\u0000\"]"));
    }
}
