using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Two-factor sign-in as transactions on both engines.</summary>
public sealed class TwoFactorTests
{
    private static readonly int Tries = Bench.Limits.LockoutFailures;

    private static Caller From(string ip) => Caller.Public(ip, "test");

    // Somebody with it on, their secret and their recovery codes; the code that switched it on is used.
    private static async Task<(Account Account, Caller Who, byte[] Secret, IReadOnlyList<string> Codes)> Careful(Bench bench, string username = "wei", Role role = Role.Admin)
    {
        var account = await bench.Staff(username, role, Bench.Password);
        var who = await Here(bench, account);
        await bench.Db.Write(s => bench.TwoFactor.Begin(s, who));
        var begun = (await bench.Db.Read(s => bench.TwoFactor.Begun(s, account.TenantId, account.Id)))!;
        Assert.Equal(username, begun.Username);
        var on = await bench.Db.Write(s => bench.TwoFactor.SwitchOn(s, who, Code(bench, begun.Secret)));
        bench.Clock.Advance(TimeSpan.FromSeconds(30));
        return (account, who with { SessionId = OpaqueToken.Hash(on.SessionId) }, begun.Secret, on.RecoveryCodes);
    }

    private static async Task<Caller> Here(Bench bench, Account account) =>
        Bench.As(account) with { SessionId = OpaqueToken.Hash(await bench.Db.Write(s => bench.Sessions.Open(s, Bench.As(account), account.Id))) };

    private static string Code(Bench bench, byte[] secret, int steps = 0) => TotpCode.Of(secret, TotpCode.Counter(bench.Clock.Now) + steps);

    // The half session that the right password opens.
    private static async Task<string> Half(Bench bench, string username = "wei", string ip = "203.0.113.7", string? browser = null)
    {
        var signedIn = await bench.SignIns.Enter(From(ip), username, Bench.Password, browser: browser);
        Assert.Equal(("", ""), (signedIn!.SessionId, signedIn.Browser));
        return signedIn.HalfSession!;
    }

    [Theory, BothEngines]
    public async Task It_asks_for_nothing_until_a_code_has_proved_the_app(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var account = await bench.Staff("wei", Role.Admin, Bench.Password);
        var (who, other) = (await Here(bench, account), await Here(bench, account));
        Assert.Equal("TWO_FACTOR_NOT_BEGUN", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.SwitchOn(s, who, "123456"))));
        await bench.Db.Write(s => bench.TwoFactor.Begin(s, who));
        var first = (await bench.Db.Read(s => bench.TwoFactor.Begun(s, account.TenantId, account.Id)))!.Secret;
        await bench.Db.Write(s => bench.TwoFactor.Begin(s, who));
        var secret = (await bench.Db.Read(s => bench.TwoFactor.Begun(s, account.TenantId, account.Id)))!.Secret;
        Assert.NotEqual(first, secret);
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.SwitchOn(s, who, Code(bench, first)))));
        Assert.Null((await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password))!.HalfSession);
        Assert.Equal(3, await bench.Count("SELECT COUNT(*) FROM sessions"));

        var on = await bench.Db.Write(s => bench.TwoFactor.SwitchOn(s, who, Code(bench, secret)));
        // All sessions have ended but one, which is new and knows of the code.
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM sessions WHERE id_hash = @id AND second_factor_at = @now", ("id", OpaqueToken.Hash(on.SessionId)), ("now", bench.Clock.Now)));
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM sessions"));
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.SwitchOff(s, other))));
        who = who with { SessionId = OpaqueToken.Hash(on.SessionId) };
        Assert.Equal("TWO_FACTOR_ON", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.Begin(s, who))));
        Assert.Equal("TWO_FACTOR_ON", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.SwitchOn(s, who, Code(bench, secret, 1)))));
        Assert.Null(await bench.Db.Read(s => bench.TwoFactor.Begun(s, account.TenantId, account.Id)));
        // The code that switched it on opens nothing more.
        Assert.Null((await bench.SignIns.TryCode(Bench.Visitor, await Half(bench), Code(bench, secret))).SignedIn);
        Assert.Equal(["staff.created", "account.two_factor_on"], await bench.Actions());
        // Neither the secret nor a recovery code lies there to be read.
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM two_factors WHERE sealed_secret LIKE @text", ("text", "%" + TotpCode.Text(secret) + "%")));
        Assert.All(on.RecoveryCodes, c => Assert.Equal(16, RecoveryCodes.Normalize(c).Length));
        Assert.Equal(10, await bench.Count("SELECT COUNT(*) FROM recovery_codes WHERE LENGTH(code_hash) = 64"));
    }

    [Theory, BothEngines]
    public async Task The_session_comes_with_the_code_and_not_with_the_password(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, _, secret, _) = await Careful(bench);
        var before = await bench.Count("SELECT COUNT(*) FROM sessions");
        var half = await Half(bench);
        Assert.Equal(before, await bench.Count("SELECT COUNT(*) FROM sessions"));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM known_browsers"));
        Assert.Equal(account.Id, await bench.SignIns.AwaitsCode(Bench.Visitor, half));
        Assert.Null((await bench.SignIns.TryCode(Bench.Visitor, half, Code(bench, secret, 5))).SignedIn);
        var result = await bench.SignIns.TryCode(Bench.Visitor, half, $" {Code(bench, secret)[..3]} {Code(bench, secret)[3..]} ");
        Assert.NotNull(result.SignedIn);
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM sessions WHERE id_hash = @id AND proved_at = @now AND second_factor_at = @now",
            ("id", OpaqueToken.Hash(result.SignedIn.SessionId)), ("now", bench.Clock.Now)));
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, half, Code(bench, secret, 1)));
        Assert.Equal(["asked", "code", "ok"], (await bench.Db.Read(s => bench.SignIns.Recent(s, account.TenantId, account.Id, 10))).Select(a => a.Outcome).Reverse());
        // Neither somebody's own nor a made-up id is another's.
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, OpaqueToken.Create(), Code(bench, secret, 1)));
    }

    [Theory, BothEngines]
    public async Task A_code_counts_once_however_many_show_it_at_once(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (_, _, secret, codes) = await Careful(bench);
        for (var round = 0; round < 4; round++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(30));
            // By two browsers at two places, once a code of the app and once a recovery code.
            var code = round % 2 == 0 ? Code(bench, secret) : codes[round];
            var halves = new List<string>();
            for (var i = 0; i < 4; i++)
                halves.Add(await Half(bench, ip: $"198.51.100.{i}"));
            var results = await Task.WhenAll(halves.Select((half, i) => Task.Run(() => bench.SignIns.TryCode(From($"198.51.100.{i}"), half, code))));
            Assert.Single(results, r => r.SignedIn is not null);
            await bench.Db.Write(s => s.Execute("DELETE FROM half_sessions"));
            await bench.Db.Write(s => s.Execute("DELETE FROM sign_in_failures"));
        }
        Assert.Equal(4, await bench.Count("SELECT COUNT(*) FROM sign_ins WHERE outcome = 'ok'"));
        Assert.Equal(2, await bench.Count("SELECT COUNT(*) FROM recovery_codes WHERE used_at IS NOT NULL"));
        Assert.Equal(2, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'twofactor.recovery_used'"));
    }

    [Theory, BothEngines]
    public async Task Half_a_session_ends_with_its_time_its_tries_and_a_new_password(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, who, secret, _) = await Careful(bench);
        var half = await Half(bench);
        bench.Clock.Advance(HalfSessions.Life);
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, half, Code(bench, secret)));
        half = await Half(bench);
        await bench.Db.Write(async s => await bench.Accounts.ChangePassword(s, who, (await AccountStore.PasswordHash(s, account.TenantId, account.Id))!, "another"));
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, half, Code(bench, secret)));
        await bench.Db.Write(s => s.Execute("INSERT INTO half_sessions (id_hash, tenant_id, account_id, created_at, tries) VALUES (@id, @tenant, @account, @now, @tries)",
            ("id", OpaqueToken.Hash("last")), ("tenant", account.TenantId), ("account", account.Id), ("now", bench.Clock.Now), ("tries", HalfSessions.MaxTries - 1L)));
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, "last", Code(bench, secret, 7)));
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, "last", Code(bench, secret)));
        // One from a clock that was ahead is worth nothing, and is tidied away.
        await bench.Db.Write(s => HalfSessions.Open(s, account.TenantId, account.Id, bench.Clock.Now + 3_600_000));
        Assert.Equal(1, await bench.Db.Write(s => HalfSessions.Tidy(s, bench.Clock.Now)));
        for (var i = 0; i < 30; i++)
            await bench.Db.Write(s => HalfSessions.Open(s, account.TenantId, account.Id, bench.Clock.Now));
        Assert.Equal(20, await bench.Count("SELECT COUNT(*) FROM half_sessions"));
        await bench.Db.Write(s => bench.Accounts.Remove(s, Caller.Cli, account.Id));
        Assert.Equal(0, await bench.Count("SELECT (SELECT COUNT(*) FROM half_sessions) + (SELECT COUNT(*) FROM two_factors) + (SELECT COUNT(*) FROM recovery_codes)"));
    }

    [Theory, BothEngines]
    public async Task Wrong_codes_lock_as_wrong_passwords_do_and_the_password_forgives_none(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (_, _, secret, codes) = await Careful(bench);
        for (var i = 0; i < Tries; i++)
        {
            // Each begins anew, with the right password.
            var result = await bench.SignIns.TryCode(Bench.Visitor, await Half(bench), Code(bench, secret, 5));
            Assert.Equal((null, i == Tries - 1), (result.SignedIn, result.Over));
        }
        Assert.Null(await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password));
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'signin.locked'"));
        Assert.Equal(Tries, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'twofactor.failed'"));
        // Nor does a half session that was open before help while the place is closed.
        var elsewhere = await Half(bench, ip: "198.51.100.9");
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, elsewhere, Code(bench, secret)));
        Assert.NotNull((await bench.SignIns.TryCode(From("198.51.100.9"), await Half(bench, ip: "198.51.100.9"), codes[0])).SignedIn);
    }

    [Theory, BothEngines]
    public async Task Codes_guessed_from_everywhere_leave_new_browsers_the_recovery_codes_only(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (_, _, secret, codes) = await Careful(bench);
        var own = (await bench.SignIns.TryCode(Bench.Visitor, await Half(bench), Code(bench, secret))).SignedIn!.Browser;
        await bench.Db.Write(s => s.Execute("UPDATE two_factors SET failures = @n", ("n", TwoFactorService.MaxFailures - 1L)));
        Assert.Null((await bench.SignIns.TryCode(From("198.51.100.1"), await Half(bench, ip: "198.51.100.1"), Code(bench, secret, 5))).SignedIn);
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'twofactor.guessed'"));
        bench.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null((await bench.SignIns.TryCode(From("198.51.100.2"), await Half(bench, ip: "198.51.100.2"), Code(bench, secret))).SignedIn);
        Assert.NotNull((await bench.SignIns.TryCode(From("198.51.100.3"), await Half(bench, ip: "198.51.100.3"), codes[0])).SignedIn);
        await bench.Db.Write(s => s.Execute("UPDATE two_factors SET failures = @n", ("n", TwoFactorService.MaxFailures + 5L)));
        Assert.NotNull((await bench.SignIns.TryCode(From("198.51.100.4"), await Half(bench, ip: "198.51.100.4", browser: own), Code(bench, secret), browser: own)).SignedIn);
        Assert.Equal(0, await bench.Count("SELECT failures FROM two_factors"));
    }

    [Theory, BothEngines]
    public async Task Codes_are_renewed_and_it_is_switched_off(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, who, secret, codes) = await Careful(bench);
        Assert.True(await bench.SignIns.ConfirmCode(who, Code(bench, secret)));
        Assert.False(await bench.SignIns.ConfirmCode(who, Code(bench, secret)));
        var renewed = await bench.Db.Write(s => bench.TwoFactor.NewRecoveryCodes(s, who));
        Assert.Equal(20, codes.Concat(renewed).Distinct().Count());
        Assert.Null((await bench.SignIns.TryCode(Bench.Visitor, await Half(bench), codes[0])).SignedIn);
        Assert.True(await bench.SignIns.ConfirmCode(who, renewed[0].ToUpperInvariant()));
        Assert.Equal(new TwoFactorStatus(bench.Clock.Now - 30_000, 9), await bench.Db.Read(s => bench.TwoFactor.Status(s, account.TenantId, account.Id)));
        var half = await Half(bench);
        await bench.Db.Write(s => bench.TwoFactor.SwitchOff(s, who));
        Assert.Equal(new(null, true), await bench.SignIns.TryCode(Bench.Visitor, half, renewed[1]));
        Assert.Null((await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password))!.HalfSession);
        Assert.Equal("TWO_FACTOR_OFF", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.SwitchOff(s, who))));
        Assert.Equal("TWO_FACTOR_OFF", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.NewRecoveryCodes(s, who))));
        Assert.Equal(["staff.created", "account.two_factor_on", "account.recovery_codes_made", "account.two_factor_off"], await bench.Actions());
    }

    [Theory, BothEngines]
    public async Task It_is_reset_by_who_may_take_the_account_over_and_by_the_shell(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (owner, asOwner, _, _) = await Careful(bench, "owner", Role.Owner);
        var (admin, asAdmin, _, _) = await Careful(bench, "admin");
        Task<string?> Reset(Caller who, Account whose) => Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.Reset(s, who, whose.Id)));
        Assert.Equal("OWNERS_ONLY", await Reset(asAdmin, owner));
        Assert.Equal("SELF_RESET", await Reset(asOwner, owner));
        Assert.Equal("NO_SUCH_STAFF", await Reset(asOwner with { TenantId = "other" }, admin));
        Assert.Equal("ROLE_TOO_HIGH", await Reset(Bench.As(await bench.Staff("op", Role.Operator)), admin));
        Assert.Null(await Reset(asOwner, admin));
        Assert.Equal("TWO_FACTOR_OFF", await Reset(asOwner, admin));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM sessions WHERE account_id = @id", ("id", admin.Id)));
        Assert.NotEqual("", (await bench.SignIns.Enter(Bench.Visitor, "admin", Bench.Password))!.SessionId);
        Assert.Null((await bench.Db.Write(s => bench.TwoFactor.ResetByName(s, Caller.Cli, " OWNER"))).TwoFactorAt);
        Assert.Equal(2, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'twofactor.reset'"));
        Assert.Equal(2, await bench.Count("SELECT COUNT(*) FROM audit_entries WHERE action = 'staff.two_factor_reset'"));
    }

    [Theory, BothEngines]
    public async Task When_the_key_is_lost_recovery_codes_open_and_the_app_does_not(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (_, _, secret, codes) = await Careful(bench);
        await bench.Db.Write(s => s.Execute(TwoFactorService.Sealed.GiveUp));
        Assert.Null((await bench.SignIns.TryCode(Bench.Visitor, await Half(bench), Code(bench, secret))).SignedIn);
        Assert.NotNull((await bench.SignIns.TryCode(Bench.Visitor, await Half(bench), codes[9])).SignedIn);
    }
}
