using System.Net;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Accounts;

/// <summary>What Accounts decides without a database.</summary>
public sealed class RulesTests
{
    private static Caller Staff(Role role, string id = "me", string[]? allowed = null) =>
        new(Caller.DefaultTenant, "staff", id, id, role, allowed is null ? Declared.Permissions.Of(role) : PermissionSet.Of(allowed), null, null);

    private static Account Other(Role role, string id = "other") => new(id, Caller.DefaultTenant, id, id, role, "global", 0, 0, false, null, null, null);

    private static string? Code(Action rule)
    {
        try
        {
            rule();
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal.Code;
        }
    }

    [Theory]
    [InlineData(Role.Owner, Role.Owner, null)]
    [InlineData(Role.Owner, Role.Analyst, null)]
    [InlineData(Role.Admin, Role.Owner, "OWNERS_ONLY")]
    [InlineData(Role.Admin, Role.Admin, null)]
    [InlineData(Role.Operator, Role.Admin, "ROLE_TOO_HIGH")]
    [InlineData(Role.Operator, Role.Owner, "OWNERS_ONLY")]
    [InlineData(Role.Analyst, Role.Analyst, null)]
    public void A_role_is_given_by_those_who_have_as_much(Role own, Role given, string? refused) =>
        Assert.Equal(refused, Code(() => StaffRules.MayGive(Staff(own), given)));

    [Theory]
    [InlineData(Role.Admin, Role.Admin, Role.Analyst, null)]
    [InlineData(Role.Admin, Role.Owner, Role.Analyst, "OWNERS_ONLY")]
    [InlineData(Role.Admin, Role.Analyst, Role.Owner, "OWNERS_ONLY")]
    [InlineData(Role.Owner, Role.Analyst, Role.Owner, null)]
    [InlineData(Role.Owner, Role.Owner, Role.Analyst, null)]
    public void A_role_is_changed_by_those_who_have_as_much(Role own, Role target, Role wanted, string? refused) =>
        Assert.Equal(refused, Code(() => StaffRules.MayChangeRole(Declared.Permissions, Staff(own), Other(target), wanted)));

    // The session may still say admin when the account has been made an analyst.
    [Fact]
    public void Nobody_raises_themselves() =>
        Assert.Equal("RAISE_SELF", Code(() => StaffRules.MayChangeRole(Declared.Permissions, Staff(Role.Admin), Other(Role.Analyst, "me"), Role.Admin)));

    [Fact]
    public void One_may_lower_oneself() => Assert.Null(Code(() => StaffRules.MayChangeRole(Declared.Permissions, Staff(Role.Admin), Other(Role.Admin, "me"), Role.Analyst)));

    [Theory]
    [InlineData("wei", true)]
    [InlineData("  Wei ", true)]
    [InlineData("li.wei@example.com", true)]
    [InlineData("a1", true)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData(".wei", false)]
    [InlineData("li wei", false)]
    [InlineData("<b>wei", false)]
    [InlineData("魏", false)]
    [InlineData("wei\n", true)]
    [InlineData("we\ni", false)]
    public void Usernames_are_plain(string name, bool taken)
    {
        var checks = new FieldChecks();
        var username = StaffRules.Username(checks, "username", name);
        Assert.Equal(taken, !checks.Any);
        Assert.Equal(name.Trim().ToLowerInvariant(), username);
    }

    [Fact]
    public void Usernames_end_at_64()
    {
        var checks = new FieldChecks();
        StaffRules.Username(checks, "username", new string('a', 64));
        Assert.False(checks.Any);
        StaffRules.Username(checks, "username", new string('a', 65));
        Assert.True(checks.Any);
    }

    [Theory]
    [InlineData(null, "field.required")]
    [InlineData("", "field.required")]
    [InlineData("ninechars", "field.too_short")]
    [InlineData("ten-chars!", null)]
    [InlineData("密码密码密码密码密码一二", null)]
    [InlineData("Li.Wei@Example.com", "accounts.field.password_is_name")]
    [InlineData("1234567890", "accounts.field.password_common")]
    [InlineData("PASSWORD123", "accounts.field.password_common")]
    [InlineData("woaini1314520", "accounts.field.password_common")]
    [InlineData("xyxyxyxyxyxyxy", "accounts.field.password_common")]
    public void Passwords_are_long_and_not_the_first_guess(string? password, string? wrong)
    {
        var checks = new FieldChecks();
        PasswordRules.Check(checks, "password", password, "li.wei@example.com");
        Assert.Equal(wrong, Wrong(checks, "password"));
    }

    [Theory]
    [InlineData(256, null)]
    [InlineData(257, "field.too_long")]
    public void Passwords_end_at_256(int length, string? wrong)
    {
        var checks = new FieldChecks();
        PasswordRules.Check(checks, "password", string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i % 26))), "wei");
        Assert.Equal(wrong, Wrong(checks, "password"));
    }

    [Fact]
    public void A_password_typed_twice_is_the_same_twice()
    {
        var checks = new FieldChecks();
        PasswordRules.CheckTwice(checks, "password", "correct horse one", "password_repeat", "correct horse two", "wei");
        Assert.Equal("accounts.field.password_repeat", Wrong(checks, "password_repeat"));
    }

    [Fact]
    public void One_time_passwords_pass_the_rules_and_differ()
    {
        var made = Enumerable.Range(0, 100).Select(_ => PasswordRules.MakeOneTime()).ToList();
        Assert.Equal(100, made.Distinct().Count());
        Assert.All(made, p => Assert.Matches("^[a-z2-9]{5}(-[a-z2-9]{5}){3}$", p));
        Assert.All(made, p =>
        {
            var checks = new FieldChecks();
            PasswordRules.Check(checks, "password", p, "wei");
            Assert.False(checks.Any);
        });
    }

    [Theory]
    [InlineData("keys.read", null)]
    [InlineData("keys.write", "accounts.field.scope_role")]
    [InlineData("keys.fly", "accounts.field.scope_unknown")]
    public void Scopes_stay_within_the_role(string scope, string? wrong)
    {
        var checks = new FieldChecks();
        TokenRules.Scopes(Declared.Permissions, checks, Staff(Role.Owner), Role.Analyst, [scope]);
        Assert.Equal(wrong, Wrong(checks, "scopes"));
    }

    [Fact]
    public void Scopes_stay_within_what_the_giver_has()
    {
        var who = Staff(Role.Admin, allowed: [AccountsPermissions.TokensManage.Name, LicensingPermissions.KeysRead.Name]);
        var checks = new FieldChecks();
        TokenRules.Scopes(Declared.Permissions, checks, who, Role.Admin, [AccountsPermissions.StaffManage.Name]);
        Assert.Equal("accounts.field.scope_own", Wrong(checks, "scopes"));
        // Asking for everything is asking for what one has.
        Assert.Equal([LicensingPermissions.KeysRead.Name, AccountsPermissions.TokensManage.Name], TokenRules.Scopes(Declared.Permissions, new FieldChecks(), who, Role.Admin, null));
        Assert.Equal([TokenRules.Everything], TokenRules.Scopes(Declared.Permissions, new FieldChecks(), Staff(Role.Admin), Role.Admin, null));
    }

    [Fact]
    public void A_token_does_no_more_than_its_maker_may_today()
    {
        var (role, allowed) = TokenRules.Effective(Declared.Permissions, Role.Admin, Role.Analyst, [TokenRules.Everything]);
        Assert.Equal(Role.Analyst, role);
        Assert.Equal(Declared.Permissions.Of(Role.Analyst), allowed);
        var beyond = TokenRules.Effective(Declared.Permissions, Role.Admin, Role.Analyst, [AccountsPermissions.StaffManage.Name]).Allowed;
        Assert.DoesNotContain(Declared.Permissions.All, p => beyond.Contains(p));
        Assert.Equal(Role.Admin, TokenRules.Effective(Declared.Permissions, Role.Admin, Role.Owner, [TokenRules.Everything]).Role);
        Assert.Equal(Role.Owner, TokenRules.Effective(Declared.Permissions, Role.Owner, null, [TokenRules.Everything]).Role);
        // Nothing named is nothing, not everything.
        var nothing = TokenRules.Effective(Declared.Permissions, Role.Owner, null, []).Allowed;
        Assert.DoesNotContain(Declared.Permissions.All, p => nothing.Contains(p));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari · iPhone")]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData("my-script", "my-script")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Browsers_have_names(string? agent, string? name) => Assert.Equal(name, UserAgents.Short(agent));

    [Theory]
    [InlineData("203.0.113.7", "192.0.2.1", false, false, true)]
    [InlineData("203.0.113.7", "192.0.2.1", true, false, false)]
    [InlineData("203.0.113.7", "192.0.2.1", false, true, false)]
    [InlineData("127.0.0.1", "127.0.0.1", false, false, false)]
    [InlineData("::1", "::1", false, false, false)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", false, false, false)]
    [InlineData("192.0.2.1", "192.0.2.1", false, false, false)]
    [InlineData("10.0.0.5", "10.0.0.1", false, false, true)]
    public void Passwords_cross_no_network_in_the_clear(string remote, string local, bool https, bool allowed, bool refused)
    {
        var config = new ConfigurationBuilder().AddInMemoryCollection([new("Server:AllowPlainHttp", allowed ? "true" : "false")]).Build();
        var ctx = new DefaultHttpContext { Request = { Scheme = https ? "https" : "http", Host = new HostString("gate.example.com", 8080) } };
        ctx.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        ctx.Connection.LocalIpAddress = IPAddress.Parse(local);
        ctx.Connection.LocalPort = 8080;
        Assert.Equal(refused, new PlainHttp(config).Refuses(ctx));
        Assert.Equal((8080, "gate.example.com"), PlainHttp.Reached(ctx));
    }

    [Fact]
    public void A_host_that_is_no_name_is_not_repeated()
    {
        var ctx = new DefaultHttpContext { Request = { Host = new HostString("x;rm -rf") } };
        Assert.Equal("your-server", PlainHttp.Reached(ctx).Host);
    }

    private static string? Wrong(FieldChecks checks, string field)
    {
        try
        {
            checks.ThrowIfAny();
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal.Fields.TryGetValue(field, out var say) ? say.Key : null;
        }
    }
}
