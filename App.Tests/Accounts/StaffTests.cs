using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Managing staff, as transactions on both engines.</summary>
public sealed class StaffTests
{
    [Theory, BothEngines]
    public async Task A_username_is_taken_once_whatever_its_case(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("wei", Role.Admin);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => bench.Staff(" WEI", Role.Admin));
        Assert.Equal("accounts.field.username_taken", refusal.Fields["username"].Key);
    }

    [Theory, BothEngines]
    public async Task Owners_who_disable_each_other_at_once_leave_one(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        for (var round = 0; round < 5; round++)
        {
            var a = await bench.Staff($"a{round}", Role.Owner);
            var b = await bench.Staff($"b{round}", Role.Owner);
            var codes = await Task.WhenAll(
                Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, Bench.As(a), b.Id, new StaffChange(Disabled: true)))),
                Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, Bench.As(b), a.Id, new StaffChange(Role: Role.Analyst)))));
            Assert.Equal([null, "LAST_OWNER"], codes.Order());
            Assert.Equal(1, await Owners(bench));
            // The next round begins without an owner.
            await bench.Db.Write(s => s.Execute("UPDATE accounts SET role = 'analyst' WHERE role = 'owner'"));
        }
    }

    [Theory, BothEngines]
    public async Task The_last_owner_is_neither_lowered_nor_disabled_nor_removed(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var owner = await bench.Staff("owner", Role.Owner);
        var gone = await bench.Staff("gone", Role.Owner);
        await bench.Db.Write(s => bench.Accounts.Change(s, Bench.As(owner), gone.Id, new StaffChange(Disabled: true)));
        foreach (var who in new[] { Bench.As(owner), Caller.Cli })
        {
            Assert.Equal("LAST_OWNER", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, owner.Id, new StaffChange(Role: Role.Admin)))));
            var own = who.Kind == "staff" ? "SELF_DISABLE" : "LAST_OWNER";
            Assert.Equal(own, await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, owner.Id, new StaffChange(Disabled: true)))));
            Assert.Equal(own, await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Remove(s, who, owner.Id))));
        }
        Assert.Equal(1, await Owners(bench));
    }

    [Theory, BothEngines]
    public async Task An_admin_keeps_hands_off_owners(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var owner = await bench.Staff("owner", Role.Owner);
        var other = await bench.Staff("other", Role.Owner);
        var admin = Bench.As(await bench.Staff("admin", Role.Admin));
        var analyst = await bench.Staff("analyst", Role.Analyst);
        Assert.Equal("OWNERS_ONLY", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, admin, other.Id, new StaffChange(DisplayName: "x")))));
        Assert.Equal("OWNERS_ONLY", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, admin, other.Id, new StaffChange(Disabled: true)))));
        Assert.Equal("OWNERS_ONLY", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.ResetPassword(s, admin, "owner", "!"))));
        Assert.Equal("OWNERS_ONLY", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Remove(s, admin, owner.Id))));
        Assert.Equal("OWNERS_ONLY", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, admin, analyst.Id, new StaffChange(Role: Role.Owner)))));
        Assert.Equal("OWNERS_ONLY", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Create(s, admin, new NewStaff("new", "", Role.Owner, "!")))));
        Assert.Null(await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, admin, analyst.Id, new StaffChange(Role: Role.Admin)))));
    }

    [Theory, BothEngines]
    public async Task Another_tenants_staff_is_not_there(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Db.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('two', 'two', 0)"));
        var mine = await bench.Staff("wei", Role.Owner);
        var stranger = Caller.System with { TenantId = "two" };
        Assert.Equal("NO_SUCH_STAFF", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, stranger, mine.Id, new StaffChange(DisplayName: "x")))));
        Assert.Equal("NO_SUCH_STAFF", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Remove(s, stranger, mine.Id))));
        Assert.Equal("NO_SUCH_STAFF", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.ResetPassword(s, stranger, "wei", "!"))));
        Assert.Equal("NO_SUCH_STAFF", await Bench.Code(() => bench.Db.Read(s => bench.Accounts.Get(s, "two", mine.Id))));
        Assert.Empty(await bench.Db.Read(s => bench.Accounts.List(s, "two")));
        Assert.True(await bench.Db.Read(s => bench.Links.Needed(s, "two")));
    }

    [Theory, BothEngines]
    public async Task Disabling_a_new_role_and_a_new_password_end_all_sessions(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var owner = Bench.As(await bench.Staff("owner", Role.Owner));
        var staff = await bench.Staff("wei", Role.Admin);
        var changes = new Func<Task>[]
        {
            () => bench.Db.Write(s => bench.Accounts.Change(s, owner, staff.Id, new StaffChange(Role: Role.Analyst))),
            () => bench.Db.Write(s => bench.Accounts.ResetPassword(s, owner, "wei", "!")),
            () => bench.Db.Write(s => bench.Accounts.Change(s, owner, staff.Id, new StaffChange(Disabled: true))),
        };
        foreach (var change in changes)
        {
            await bench.Db.Write(s => bench.Sessions.Open(s, Bench.As(staff), staff.Id));
            Assert.Single(await bench.Db.Read(s => bench.Sessions.List(s, staff.TenantId, staff.Id)));
            await change();
            Assert.Empty(await bench.Db.Read(s => bench.Sessions.List(s, staff.TenantId, staff.Id)));
        }
        await bench.Db.Write(s => bench.Sessions.Open(s, owner, owner.Id!));
        await bench.Db.Write(s => bench.Accounts.Change(s, owner, owner.Id!, new StaffChange(DisplayName: "Another name")));
        Assert.Single(await bench.Db.Read(s => bench.Sessions.List(s, owner.TenantId, owner.Id!)));
    }

    [Theory, BothEngines]
    public async Task Each_change_is_audited_without_secrets(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var owner = Bench.As(await bench.Staff("owner", Role.Owner));
        var staff = await bench.Db.Write(s => bench.Accounts.Create(s, owner, new NewStaff("wei", "Li Wei", Role.Admin, "$argon2id$secret")));
        await bench.Db.Write(s => bench.Accounts.Change(s, owner, staff.Id, new StaffChange("Wei", Role.Operator)));
        await bench.Db.Write(s => bench.Accounts.Change(s, owner, staff.Id, new StaffChange(Disabled: true)));
        await bench.Db.Write(s => bench.Accounts.Change(s, owner, staff.Id, new StaffChange(Disabled: true)));
        await bench.Db.Write(s => bench.Accounts.Change(s, owner, staff.Id, new StaffChange(Disabled: false)));
        await bench.Db.Write(s => bench.Accounts.ResetPassword(s, owner, "wei", "$argon2id$other"));
        await bench.Db.Write(s => bench.Accounts.Remove(s, owner, staff.Id));
        Assert.Equal(["staff.created", "staff.created", "staff.changed", "staff.disabled", "staff.enabled", "staff.password_reset", "staff.removed"], await bench.Actions());
        var (before, after) = await bench.Db.Read(s => s.One("SELECT before_json, after_json FROM audit_entries WHERE action = 'staff.changed'", r => (r.GetString(0), r.GetString(1))));
        Assert.Equal("""{"username":"wei","display_name":"Li Wei","role":"admin","scope":"global","disabled":false}""", before);
        Assert.Equal("""{"username":"wei","display_name":"Wei","role":"operator","scope":"global","disabled":false}""", after);
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM audit_entries WHERE before_json LIKE '%argon%' OR after_json LIKE '%argon%' OR reason LIKE '%argon%'"));
    }

    [Theory, BothEngines]
    public async Task Lists_are_searched_filtered_and_paged(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
            made.Add((await bench.Staff($"staff{i}", i % 2 == 0 ? Role.Operator : Role.Analyst)).Id);
        made.Add((await bench.Db.Write(s => bench.Accounts.Create(s, Caller.System, new NewStaff("special", "100% Ömer_Wei", Role.Admin, "!")))).Id);
        var seen = new List<string>();
        for (string? after = null; ;)
        {
            var page = await bench.Db.Read(s => bench.Accounts.List(s, Caller.DefaultTenant, new StaffFilter(After: after, Limit: 3)));
            seen.AddRange(page.Items.Select(a => a.Id));
            if ((after = page.Next) is null)
                break;
        }
        Assert.Equal(made.OrderDescending(StringComparer.Ordinal), seen);
        Assert.Equal(3, (await Found(new StaffFilter(Role: Role.Analyst))).Count);
        Assert.Equal(["staff4"], await Found(new StaffFilter("FF4")));
        foreach (var query in new[] { "0% Ö", "R_w", "SPECIAL" })
            Assert.Equal(["special"], await Found(new StaffFilter(query)));
        Assert.Empty(await Found(new StaffFilter("a%f")));

        async Task<List<string>> Found(StaffFilter filter) =>
            [.. (await bench.Db.Read(s => bench.Accounts.List(s, Caller.DefaultTenant, filter))).Items.Select(a => a.Username)];
    }

    private static Task<long> Owners(Bench bench) => bench.Count("SELECT COUNT(*) FROM accounts WHERE role = 'owner' AND disabled_at IS NULL");
}
