using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Accounts.PasskeySteps;

namespace Gatehouse.Tests.Accounts;

/// <summary>Passkeys as transactions on both engines, with a device of the tests' own.</summary>
public sealed class PasskeyTests
{
    [Theory, BothEngines]
    public async Task One_comes_in_without_a_name_and_without_a_code(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, _, device) = await Owner(bench);
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        var result = await Enter(bench, Show(bench, device));
        Assert.Equal((account.Id, "ok"), (result.SignedIn!.AccountId, result.Outcome));
        Assert.Null(result.SignedIn.HalfSession);
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM sessions WHERE id_hash = @id AND second_factor_at = @now AND proved_at = @now",
            ("id", OpaqueToken.Hash(result.SignedIn.SessionId)), ("now", bench.Clock.Now)));
        Assert.Equal(("ok", "passkey"), (await bench.Db.Read(s => bench.SignIns.Recent(s, account.TenantId, account.Id, 1))).Select(a => (a.Outcome, a.Method)).Single());
        var known = Assert.Single(await bench.Db.Read(s => bench.Passkeys.Of(s, account.TenantId, account.Id)));
        Assert.Equal(("Phone", 1L, bench.Clock.Now), (known.Name, known.SignCount, known.LastUsedAt!.Value));
        Assert.Equal(["staff.created", "account.passkey_added"], await bench.Actions());
        // Neither an id nor a name of the account is on the device.
        Assert.DoesNotContain(account.Id, await bench.Db.Read(s => bench.Passkeys.AskToAdd(s, Bench.As(account), Place, "x")), StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task An_answer_counts_once_however_many_send_it_at_once(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (_, _, device) = await Owner(bench, device: new SoftPasskey { Counts = false });
        for (var round = 0; round < 4; round++)
        {
            var answer = Show(bench, device);
            var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Enter(bench, answer, $"198.51.100.{i}"))));
            Assert.Single(results, r => r.SignedIn is not null);
            Assert.Null((await Enter(bench, answer, "198.51.100.9")).SignedIn);
        }
        Assert.Equal(4, await bench.Count("SELECT COUNT(*) FROM sign_ins WHERE outcome = 'ok'"));
        // That of the passkey's making, and those of the four rounds.
        Assert.Equal(5, await bench.Db.Write(s => PasskeyChallenges.Tidy(s, bench.Clock.Now + 3_600_000)));
    }

    [Theory, BothEngines]
    public async Task A_challenge_is_of_its_place_its_use_and_its_time(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, who, device) = await Owner(bench);
        var other = new PasskeySite("keys.example.cn", "https://keys.example.cn");
        var elsewhere = bench.Passkeys.AskAnybody(Caller.DefaultTenant, other);
        Assert.Null((await Enter(bench, device.Show(elsewhere, Origin))).SignedIn);
        Assert.Null((await Enter(bench, device.Show(elsewhere, other.Origin, other.RpId), site: other)).SignedIn);
        var proof = await bench.Db.Read(s => bench.Passkeys.Ask(s, who.TenantId, Place, PasskeyUse.Proof(who.SessionId), account.Id));
        Assert.Null((await Enter(bench, device.Show(proof!, Origin), "198.51.100.1")).SignedIn);
        Assert.Null((await Enter(bench, device.Show(bench.Passkeys.AskAnybody("other", Place), Origin), "198.51.100.2")).SignedIn);
        Assert.Null((await Enter(bench, device.Show("""{"challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", Origin), "198.51.100.3")).SignedIn);
        var late = Show(bench, device);
        bench.Clock.Advance(PasskeyChallenges.Life);
        Assert.Null((await Enter(bench, late, "198.51.100.4")).SignedIn);
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM passkey_challenges WHERE expires_at > @now", ("now", bench.Clock.Now + 60_000)));
        // Another node of the same key knows what this one has asked.
        var asked = new PasskeyChallenges(new SecretBox(new byte[32]), bench.Clock).Make("t", Place, PasskeyUse.SignIn);
        Assert.True(new PasskeyChallenges(new SecretBox(new byte[32]), bench.Clock).IsGood(asked, "t", Place, PasskeyUse.SignIn));
        Assert.False(bench.Challenges.IsGood(asked, "t", Place, PasskeyUse.SignIn));
        Assert.NotNull((await Enter(bench, Show(bench, device), "198.51.100.5")).SignedIn);
    }

    [Theory, BothEngines]
    public async Task What_is_not_right_in_all_is_refused_alike(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (_, _, device) = await Owner(bench);
        var stranger = new SoftPasskey();
        stranger.Make(await bench.Db.Read(s => bench.Passkeys.AskToAdd(s, Bench.Visitor, Place, "x")), Origin);
        var impostor = new SoftPasskey { Id = device.Id };
        impostor.Make(await bench.Db.Read(s => bench.Passkeys.AskToAdd(s, Bench.Visitor, Place, "x")), Origin);
        string Asked() => bench.Passkeys.AskAnybody(Caller.DefaultTenant, Place);
        var forged = Show(bench, device);
        forged = forged.Replace("\"signature\":\"ME", "\"signature\":\"MF", StringComparison.Ordinal);
        device.Verifies = false;
        var unverified = Show(bench, device);
        device.Verifies = true;
        var answers = new[]
        {
            Show(bench, stranger), impostor.Show(Asked(), Origin, named: false), unverified, forged, device.Show(Asked(), "https://evil.example.com"), device.Show(Asked(), "http://keys.example.com"), device.Show(Asked(), Origin + ":8443"),
            device.Show(Asked(), Origin, rpId: "example.com"), device.Show(Asked(), Origin, named: false),
            device.Show(Asked(), Origin, crossOrigin: true), device.Show(Asked(), Origin, type: "webauthn.create"), "", "{}", "[]", "{\"response\":1}", new string('[', 5000), new string('x', 40_000),
        };
        for (var i = 0; i < answers.Length; i++)
            Assert.Equal(new SignInResult(null, "wrong"), await Enter(bench, answers[i], $"198.51.100.{i}"));
        Assert.Equal(answers.Length, await bench.Count("SELECT COUNT(*) FROM sign_ins WHERE outcome = 'passkey'"));
        Assert.NotNull((await Enter(bench, Show(bench, device))).SignedIn);
    }

    [Theory, BothEngines]
    public async Task A_count_that_goes_back_is_a_copy_and_a_device_may_not_count(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, who, device) = await Owner(bench);
        Assert.NotNull((await Enter(bench, Show(bench, device))).SignedIn);
        device.Count = 0;
        Assert.Null((await Enter(bench, Show(bench, device))).SignedIn);
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'passkey.copied' AND severity = 'bad' AND subject = 'wei'"));
        Assert.NotNull((await Enter(bench, Show(bench, device))).SignedIn);
        var synced = await Add(bench, who, new SoftPasskey { Counts = false }, "Manager");
        Assert.NotNull((await Enter(bench, Show(bench, synced))).SignedIn);
        Assert.NotNull((await Enter(bench, Show(bench, synced))).SignedIn);
        Assert.Equal([2L, 0L], (await bench.Db.Read(s => bench.Passkeys.Of(s, account.TenantId, account.Id))).Select(p => p.SignCount));
    }

    [Theory, BothEngines]
    public async Task Whom_the_door_is_closed_to_it_is_closed_to_with_a_passkey(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, _, device) = await Owner(bench);
        for (var i = 0; i < Bench.Limits.LockoutFailures; i++)
            await bench.SignIns.Enter(Bench.Visitor, "wei", "wrong horse one");
        Assert.Equal("locked", (await Enter(bench, Show(bench, device))).Outcome);
        Assert.NotNull((await Enter(bench, Show(bench, device), "198.51.100.1")).SignedIn);
        bench.Clock.Advance(Bench.Limits.Lockout);
        // Passkeys that are not right count as wrong passwords do.
        for (var i = 0; i < Bench.Limits.LockoutFailures; i++)
            await Enter(bench, device.Show(bench.Passkeys.AskAnybody(Caller.DefaultTenant, Place), "https://evil.example.com"));
        Assert.Equal("locked", (await Enter(bench, Show(bench, device))).Outcome);
        bench.Clock.Advance(Bench.Limits.Lockout);
        await bench.Db.Write(s => s.Execute("UPDATE accounts SET pending = 1 WHERE id = @id", ("id", account.Id)));
        Assert.Equal(new SignInResult(null, "pending"), await Enter(bench, Show(bench, device)));
        await bench.Db.Write(s => s.Execute("UPDATE accounts SET pending = 0, disabled_at = 1 WHERE id = @id", ("id", account.Id)));
        Assert.Equal(new SignInResult(null, "wrong"), await Enter(bench, Show(bench, device)));
        Assert.Equal("disabled", (await bench.Db.Read(s => bench.SignIns.Recent(s, account.TenantId, account.Id, 1)))[0].Outcome);
    }

    [Theory, BothEngines]
    public async Task It_does_as_a_second_step_and_as_a_proof_for_its_owner_alone(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, who, device) = await Owner(bench);
        var (another, _, foreign) = await Owner(bench, "bo");
        await bench.Db.Write(s => s.Execute("INSERT INTO two_factors (account_id, tenant_id, sealed_secret, begun_at, confirmed_at) VALUES (@id, @tenant, '', 1, 1)", ("id", account.Id), ("tenant", account.TenantId)));
        var half = (await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password))!.HalfSession!;
        var second = (await bench.Db.Read(s => bench.Passkeys.Ask(s, who.TenantId, Place, PasskeyUse.SecondStep(half), account.Id)))!;
        Assert.Contains(device.CredentialId, second, StringComparison.Ordinal);
        Assert.Null((await bench.SignIns.TryPasskeyAsCode(Bench.Visitor, Place, half, foreign.Show(second, Origin))).SignedIn);
        Assert.Null((await bench.SignIns.TryPasskeyAsCode(Bench.Visitor, Place, half, Show(bench, device))).SignedIn);
        var result = await bench.SignIns.TryPasskeyAsCode(Bench.Visitor, Place, half, device.Show(second, Origin));
        Assert.Equal(account.Id, result.SignedIn!.AccountId);
        Assert.Equal(["asked", "passkey", "passkey", "ok"], (await bench.Db.Read(s => bench.SignIns.Recent(s, account.TenantId, account.Id, 10))).Select(a => a.Outcome).Reverse());
        Assert.True((await bench.SignIns.TryPasskeyAsCode(Bench.Visitor, Place, half, device.Show(second, Origin))).Over);

        await bench.Db.Write(s => s.Execute("UPDATE sessions SET proved_at = 1, second_factor_at = NULL WHERE id_hash = @id", ("id", who.SessionId)));
        var proof = (await bench.Db.Read(s => bench.Passkeys.Ask(s, who.TenantId, Place, PasskeyUse.Proof(who.SessionId), account.Id)))!;
        Assert.False(await bench.SignIns.ConfirmPasskey(who, Place, foreign.Show(proof, Origin)));
        Assert.False(await bench.SignIns.ConfirmPasskey(who with { SessionId = "another" }, Place, device.Show(proof, Origin)));
        var shown = device.Show(proof, Origin);
        Assert.True(await bench.SignIns.ConfirmPasskey(who, Place, shown));
        Assert.False(await bench.SignIns.ConfirmPasskey(who, Place, shown));
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM sessions WHERE id_hash = @id AND proved_at = @now AND second_factor_at = @now", ("id", who.SessionId), ("now", bench.Clock.Now)));
        Assert.Null(await bench.Db.Read(s => bench.Passkeys.Ask(s, who.TenantId, null, PasskeyUse.SignIn, account.Id)));
        Assert.Null(await bench.Db.Read(s => bench.Passkeys.Ask(s, who.TenantId, new("other.example", "https://other.example"), PasskeyUse.SignIn, another.Id)));
    }

    [Theory, BothEngines]
    public async Task Several_have_names_and_only_their_owner_removes_one(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, who, device) = await Owner(bench);
        var (_, stranger, _) = await Owner(bench, "bo");
        var laptop = await Add(bench, who, new SoftPasskey(), "  Laptop ");
        var own = await bench.Db.Read(s => bench.Passkeys.Of(s, account.TenantId, account.Id));
        Assert.Equal(["Phone", "Laptop"], own.Select(p => p.Name));
        Assert.Single(own.Select(p => p.UserHandle).Distinct());

        // The same device once more, an answer that was used, one made at another place, no name, and too many.
        async Task<MadePasskey?> Made(SoftPasskey d, string origin = Origin) => bench.Passkeys.Made(who, Place, d.Make(await bench.Db.Read(s => bench.Passkeys.AskToAdd(s, who, Place, "x")), origin));
        Task<string?> Kept(MadePasskey made, string name = "x") => Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Add(s, who, made, name)));
        Assert.Equal("VALIDATION_FAILED", await Kept((await Made(device))!));
        Assert.Null(await Made(new SoftPasskey(), "https://evil.example.com"));
        Assert.Null(await Made(new SoftPasskey { Verifies = false }));
        var made = (await Made(new SoftPasskey()))!;
        Assert.Equal("VALIDATION_FAILED", await Kept(made, " "));
        Assert.Null(await Kept(made));
        Assert.Equal("VALIDATION_FAILED", await Kept(made with { Passkey = made.Passkey with { Id = "other", CredentialId = "other" } }));
        for (var i = 3; i < Passkey.Most; i++)
            Assert.Null(await Kept((await Made(new SoftPasskey()))!));
        Assert.Equal("VALIDATION_FAILED", await Kept((await Made(new SoftPasskey()))!));

        Assert.Equal("NO_SUCH_PASSKEY", await Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Remove(s, stranger, own[1].Id))));
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Remove(s, who with { SessionId = "ended" }, own[1].Id))));
        await bench.Db.Write(s => bench.Passkeys.Remove(s, who, own[1].Id));
        Assert.Null((await Enter(bench, Show(bench, laptop))).SignedIn);
        Assert.NotNull((await Enter(bench, Show(bench, device))).SignedIn);
        Assert.Equal("NO_SUCH_PASSKEY", await Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Remove(s, who, own[1].Id))));
    }

    [Theory, BothEngines]
    public async Task A_reset_takes_passkeys_too_and_so_does_the_shell(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, _, device) = await Owner(bench);
        var asOwner = Bench.As(await bench.Staff("owner", Role.Owner));
        Assert.True((await bench.Db.Read(s => bench.Accounts.Get(s, account.TenantId, account.Id))).HasPasskeys);
        Assert.False((await bench.Db.Write(s => bench.TwoFactor.Reset(s, asOwner, account.Id))).HasPasskeys);
        Assert.Null((await Enter(bench, Show(bench, device))).SignedIn);
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM sessions WHERE account_id = @id", ("id", account.Id)));
        Assert.Equal("TWO_FACTOR_OFF", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.Reset(s, asOwner, account.Id))));
        await Add(bench, await Here(bench, Bench.As(account)), new SoftPasskey());
        Assert.False((await bench.Db.Write(s => bench.TwoFactor.ResetByName(s, Caller.Cli, "wei"))).HasPasskeys);
    }
}
