using System.Net;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>The small rules of the web: where a redirect may go, what one client is, what a field may hold.</summary>
public sealed class RulesTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/admin/keys?q=a&after=b", "/admin/keys?q=a&after=b")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("admin", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("\\\\evil.example", "/")]
    [InlineData("/admin\\..", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData("/\t/evil.example", "/")]
    public void A_redirect_stays_on_this_site(string? path, string expected) => Assert.Equal(expected, PageRenderer.LocalPath(path));

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::ffff", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void One_client_is_an_address_or_what_a_customer_is_given(string address, string expected) =>
        Assert.Equal(expected, RateLimits.Network(IPAddress.Parse(address)));

    [Fact]
    public void A_socket_without_address_is_local() => Assert.Equal("local", RateLimits.Network(null));

    [Theory]
    [InlineData("plain", "plain", null)]
    [InlineData("  trimmed  ", "trimmed", null)]
    [InlineData("卡密 😀", "卡密 😀", null)]
    [InlineData("<script>alert('x')</script>", "<script>alert('x')</script>", null)]
    [InlineData(null, "", "field.required")]
    [InlineData("   ", "", "field.required")]
    [InlineData("a\0b", "a\0b", "field.control_characters")]
    [InlineData("a\nb", "a\nb", "field.control_characters")]
    [InlineData("a\u0085b", "a\u0085b", "field.control_characters")]
    public void A_line_of_text_is_checked(string? value, string expected, string? complaint)
    {
        var checks = new FieldChecks();
        Assert.Equal(expected, checks.Text("name", value, 1, 40));
        Assert.Equal(complaint, Complaint(checks));
    }

    /// <summary>Not a theory: the runner would mend the halves on their way to the test.</summary>
    [Fact]
    public void Half_a_character_is_refused()
    {
        foreach (var value in new[] { "\ud83d", "a\ude00b", "\ude00\ud83d", "end\ud83d", "\ud83d\ud83d\ude00" })
        {
            var checks = new FieldChecks();
            checks.Text("name", value, 1, 40);
            Assert.Equal("field.control_characters", Complaint(checks));
        }
    }

    [Fact]
    public void Text_has_its_lengths_and_may_have_lines()
    {
        var checks = new FieldChecks();
        checks.Text("lines", "a\r\n\tb", 1, 10, lines: true);
        Assert.False(checks.Any);
        checks.Text("zero", "a\0b", 1, 10, lines: true);
        checks.Text("long", new string('x', 41), 1, 40);
        checks.Text("short", "x", 2, 40);
        checks.Range("number", 11, 1, 10);
        checks.Range("good", 10, 1, 10);
        checks.Wrong("number", "field.required");
        var fields = Assert.Throws<Refusal>(checks.ThrowIfAny).Fields;
        Assert.Equal(
            [("zero", "field.control_characters"), ("long", "field.too_long"), ("short", "field.too_short"), ("number", "field.range")],
            fields.Select(f => (f.Key, f.Value.Key)));
    }

    [Fact]
    public void Owners_may_all_admins_all_but_businesses_operators_write_keys_notes_and_customers_and_analysts_only_read()
    {
        var all = Declared.Permissions.All.Select(p => p.Name).ToList();
        Assert.Equal(all, Declared.Of(Role.Owner));
        Assert.Equal(all.Where(p => p != "tenants.manage"), Declared.Of(Role.Admin));
        Assert.Equal(all.Where(p => p.EndsWith(".read", StringComparison.Ordinal)), Declared.Of(Role.Analyst));
        Assert.Equal(Declared.Of(Role.Analyst).Concat([LicensingPermissions.KeysWrite.Name, LicensingPermissions.PlansNote.Name, "support.write", "tickets.write", "users.write", "points.write", "orders.write", "rentals.write", "acl.write"]).Order(), Declared.Of(Role.Operator).Order());
    }

    /// <summary>Clients see this order in the scopes of their tokens.</summary>
    [Fact]
    public void Permissions_have_one_order() => Assert.Equal(
        ["keys.read", "keys.write", "serials.generate", "plans.read", "plans.write", "plans.note", "statistics.read", "support.read", "support.write", "tickets.read", "tickets.write", "users.read", "users.look_as", "users.write", "points.write", "audit.read", "orders.read", "orders.write", "money.read", "money.write", "coupons.read", "coupons.write", "servers.read", "servers.write", "rentals.read", "rentals.write", "acl.read", "acl.write", "jobs.read", "jobs.run", "outbox.read", "outbox.manage", "health.read", "staff.manage", "tokens.manage", "channels.manage", "payment_channels.manage", "distributors.manage", "settings.manage", "tenants.manage"],
        Declared.Permissions.All.Select(p => p.Name));

    [Fact]
    public void The_program_itself_may_what_no_feature_has_declared_yet()
    {
        var later = new Permission("later.read", Role.Owner, 999);
        Assert.True(Caller.System.May(later) && Caller.Cli.May(later));
        Assert.False(Caller.Public(null, null).May(later));
    }

    private static string? Complaint(FieldChecks checks)
    {
        if (!checks.Any)
            return null;
        return Assert.Throws<Refusal>(checks.ThrowIfAny).Fields["name"].Key;
    }
}
