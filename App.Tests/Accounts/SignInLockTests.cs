using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Whoever guesses at an account keeps out nobody but themselves.</summary>
public sealed class SignInLockTests
{
    private static readonly int Tries = Bench.Limits.LockoutFailures;

    private static Caller From(string ip) => Caller.Public(ip, "test");

    private static async Task Guess(Bench bench, string ip, int times, string? browser = null)
    {
        for (var i = 0; i < times; i++)
            Assert.Null(await bench.SignIns.Enter(From(ip), "wei", "wrong horse " + i, browser: browser));
    }

    private static async Task<bool> GetsIn(Bench bench, string ip, string? browser = null) =>
        await bench.SignIns.Enter(From(ip), "wei", Bench.Password, browser: browser) is not null;

    [Theory, BothEngines]
    public async Task An_account_is_closed_to_the_network_that_guessed_and_to_no_other(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var account = await bench.Staff("wei", Role.Admin, Bench.Password);
        await Guess(bench, "198.51.100.1", Tries);
        await Guess(bench, "2001:db8::1", Tries - 1);
        await Guess(bench, "2001:db8::ffff", 1);
        Assert.False(await GetsIn(bench, "198.51.100.1"));
        Assert.False(await GetsIn(bench, "::ffff:198.51.100.1"));
        Assert.False(await GetsIn(bench, "2001:db8::2"));
        Assert.True(await GetsIn(bench, "2001:db8:0:1::2"));
        Assert.True(await GetsIn(bench, "198.51.100.2"));
        // Somebody's success elsewhere opens nothing to them, and staff see that there is a lock.
        Assert.False(await GetsIn(bench, "198.51.100.1"));
        Assert.Equal("locked", (await bench.Db.Read(s => bench.Accounts.Get(s, account.TenantId, account.Id))).State(bench.Clock.Now));
        await bench.Db.Write(s => bench.Accounts.ResetPassword(s, Caller.Cli, "wei", account.Id));
        Assert.Equal("active", (await bench.Db.Read(s => bench.Accounts.Get(s, account.TenantId, account.Id))).State(bench.Clock.Now));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM sign_in_failures"));
    }

    [Theory, BothEngines]
    public async Task A_known_browser_counts_for_itself_and_only_for_its_accounts(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("wei", Role.Admin, Bench.Password);
        await bench.Staff("bo", Role.Admin, Bench.Password);
        var own = (await bench.SignIns.Enter(From("198.51.100.1"), "wei", Bench.Password))!.Browser;
        var bos = (await bench.SignIns.Enter(From("198.51.100.1"), "bo", Bench.Password))!.Browser;
        Assert.Equal(OpaqueToken.Hash(own), await bench.Db.Read(s => s.One("SELECT token_hash FROM known_browsers k JOIN accounts a ON a.id = k.account_id WHERE a.username = 'wei'", r => r.GetString(0))));
        await Guess(bench, "198.51.100.1", Tries);
        foreach (var browser in new[] { null, bos, OpaqueToken.Create(), "short", own[..^1] + "!" })
            Assert.False(await GetsIn(bench, "198.51.100.1", browser));
        Assert.True(await GetsIn(bench, "198.51.100.1", own));
        // A stolen one has no more tries than an address, and takes none from strangers elsewhere.
        await Guess(bench, "198.51.100.9", Tries, own);
        Assert.False(await GetsIn(bench, "198.51.100.9", own));
        Assert.True(await GetsIn(bench, "198.51.100.9"));
        // One that we never gave out is not taken over; a browser of two people keeps its own.
        var planted = OpaqueToken.Create();
        Assert.NotEqual(planted, (await bench.SignIns.Enter(From("198.51.100.9"), "wei", Bench.Password, browser: planted))!.Browser);
        Assert.Equal(bos, (await bench.SignIns.Enter(From("198.51.100.9"), "wei", Bench.Password, browser: bos))!.Browser);
    }

    [Theory, BothEngines]
    public async Task Guesses_from_many_addresses_leave_each_new_one_a_single_try(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("wei", Role.Admin, Bench.Password);
        var own = (await bench.SignIns.Enter(From("198.51.100.1"), "wei", Bench.Password))!.Browser;
        await bench.Db.Write(s => s.Execute("UPDATE accounts SET failures = @n", ("n", Tries * 10L - 1)));
        await Guess(bench, "198.51.100.2", 1);
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'signin.many_addresses' AND subject = 'wei' AND detail LIKE '%30%'"));
        await Guess(bench, "198.51.100.3", 1);
        Assert.False(await GetsIn(bench, "198.51.100.3"));
        // The right password at first gets in from anywhere, and who is known has all tries.
        await Guess(bench, "198.51.100.1", Tries - 1, own);
        Assert.True(await GetsIn(bench, "198.51.100.1", own));
        Assert.True(await GetsIn(bench, "198.51.100.4"));
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'signin.many_addresses'"));
        bench.Clock.Advance(Bench.Limits.Lockout);
        await Guess(bench, "198.51.100.5", 1);
        Assert.True(await GetsIn(bench, "198.51.100.5"));
    }

    [Theory, BothEngines]
    public async Task Attempts_at_once_are_counted_one_by_one(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("wei", Role.Admin, Bench.Password);
        var own = (await bench.SignIns.Enter(From("198.51.100.1"), "wei", Bench.Password))!.Browser;
        var guesses = Enumerable.Range(0, 2 * (Tries + 1)).Select(i => bench.SignIns.Enter(From("198.51.100." + i % 2), "wei", "wrong horse " + i)).ToList();
        Assert.NotNull(await bench.SignIns.Enter(From("198.51.100.1"), "wei", Bench.Password, browser: own));
        Assert.All(await Task.WhenAll(guesses), Assert.Null);
        Assert.Equal(2, await bench.Count("SELECT COUNT(*) FROM sign_in_failures WHERE locked_until > @now", ("now", bench.Clock.Now)));
        Assert.Equal(2 * Tries, await bench.Count("SELECT COUNT(*) FROM sign_ins WHERE outcome = 'wrong'"));
        Assert.Equal(2, await bench.Count("SELECT COUNT(*) FROM sign_ins WHERE outcome = 'locked'"));
    }

    [Fact]
    public async Task However_many_wait_that_failed_before_somebody_who_did_not_is_next()
    {
        await using var bench = await Bench.Open(Engine.Sqlite);
        await bench.Staff("wei", Role.Admin, Bench.Password);
        string Attacker(int i) => "198.51.100." + i % 7;
        for (var i = 0; i < 7; i++)
            await Guess(bench, Attacker(i), 1);
        // As many as run and wait at once.
        var others = Enumerable.Range(0, 34).Select(i => bench.SignIns.Enter(From(Attacker(i)), "wei", "wrong horse " + i)).ToList();
        await Task.WhenAny(others);
        Assert.NotNull(await bench.SignIns.Enter(From("203.0.113.1"), "wei", Bench.Password));
        // Behind them all there would be none left.
        Assert.True(others.Count(o => !o.IsCompleted) > 8);
        // One of them gave way.
        foreach (var other in others)
        {
            var end = await Record.ExceptionAsync(() => other);
            Assert.True(end is null or PasswordQueueFullException, end?.ToString());
        }
    }

    [Theory, BothEngines]
    public async Task What_is_kept_of_an_account_is_bounded_and_goes_with_it(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var account = await bench.Staff("wei", Role.Admin);
        await bench.Db.Write(async s =>
        {
            for (var i = 0; i < SignInLocks.MaxSources + 50; i++)
                await SignInLocks.Set(s, account.TenantId, account.Id, "10.0.0." + i, 1, null, i);
            for (var i = 0; i < 30; i++)
                await KnownBrowsers.Remember(s, account.TenantId, account.Id, null, i);
        });
        Assert.Equal(SignInLocks.MaxSources, await bench.Count("SELECT COUNT(*) FROM sign_in_failures"));
        Assert.Equal(50, await bench.Count("SELECT MIN(last_at) FROM sign_in_failures"));
        Assert.Equal(20, await bench.Count("SELECT COUNT(*) FROM known_browsers"));
        await bench.Db.Write(s => bench.Accounts.Remove(s, Caller.Cli, account.Id));
        Assert.Equal(0, await bench.Count("SELECT (SELECT COUNT(*) FROM sign_in_failures) + (SELECT COUNT(*) FROM known_browsers)"));
    }

    [Theory, BothEngines]
    public async Task A_lock_that_a_clock_which_was_ahead_has_set_ends_with_the_right_time(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("wei", Role.Admin, Bench.Password);
        var ahead = TimeSpan.FromDays(40);
        bench.Clock.Advance(ahead);
        await Guess(bench, "198.51.100.1", Tries);
        await bench.Db.Write(s => s.Execute("UPDATE accounts SET locked_until = @until", ("until", bench.Clock.Now + 60_000)));
        Assert.False(await GetsIn(bench, "198.51.100.1"));
        bench.Clock.Advance(-ahead);
        // Nor does it leave strangers a single try.
        await Guess(bench, "198.51.100.2", 1);
        Assert.True(await GetsIn(bench, "198.51.100.2"));
        await bench.Db.Write(s => SignInLocks.Tidy(s, bench.Clock.Now));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM sign_in_failures WHERE locked_until IS NOT NULL"));
        Assert.True(await GetsIn(bench, "198.51.100.1"));
    }
}
