using Gatehouse.Audit.Security;
using Gatehouse.Licensing.Activation;
using Gatehouse.Platform.Http;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>Who guesses keys waits longer and longer; who has one is not bothered.</summary>
public sealed class GuessGuardTests
{
    private static readonly Dictionary<string, string?> Limits = new() { ["Keys:GuessLimit"] = "3", ["RateLimits:Key:PerSecond"] = "1", ["RateLimits:Key:Burst"] = "5" };
    private static readonly Dictionary<string, string?> Roomy = new(Limits) { ["RateLimits:Key:Burst"] = "100" };

    private static long _wrong;

    private static Task<Shop> Open() => Shop.Open(settings: Limits);

    private static Caller From(string ip) => Caller.Public(ip, null);

    private static async Task Guess(Shop shop, string ip, int times)
    {
        for (var i = 0; i < times; i++)
            await shop.Get<GuessGuard>().Wrong(From(ip), $"WRONG{_wrong++}");
    }

    private static TimeSpan? Wait(Shop shop, string ip)
    {
        try
        {
            shop.Get<GuessGuard>().Enter(ip, null);
            return null;
        }
        catch (Refusal refusal)
        {
            Assert.Equal((429, "TOO_MANY_WRONG_KEYS"), (refusal.Status, refusal.Code));
            return refusal.RetryAfter;
        }
    }

    [Fact]
    public async Task Below_the_limit_nobody_waits()
    {
        await using var shop = await Open();
        await Guess(shop, "192.0.2.1", 2);
        Assert.Null(Wait(shop, "192.0.2.1"));
    }

    [Fact]
    public async Task Each_wrong_key_from_the_limit_on_doubles_the_wait_up_to_five_minutes()
    {
        await using var shop = await Open();
        await Guess(shop, "192.0.2.1", 3);
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            waits.Add(Wait(shop, "192.0.2.1")!.Value.TotalSeconds);
            await Guess(shop, "192.0.2.1", 1);
        }
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], waits);
    }

    [Fact]
    public async Task The_wait_ends_to_the_millisecond()
    {
        await using var shop = await Open();
        await Guess(shop, "192.0.2.1", 3);
        shop.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(TimeSpan.FromMilliseconds(1), Wait(shop, "192.0.2.1"));
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(Wait(shop, "192.0.2.1"));
    }

    [Fact]
    public async Task A_clock_that_was_set_right_makes_nobody_wait_longer_or_shorter()
    {
        await using var shop = await Open();
        shop.Clock.Ahead = TimeSpan.FromDays(40);
        await Guess(shop, "192.0.2.1", 12);
        shop.Clock.Ahead = TimeSpan.Zero;
        Assert.Equal(TimeSpan.FromMinutes(5), Wait(shop, "192.0.2.1"));
        shop.Clock.Ahead = TimeSpan.FromDays(40);
        Assert.Equal(TimeSpan.FromMinutes(5), Wait(shop, "192.0.2.1"));
        shop.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(Wait(shop, "192.0.2.1"));
    }

    [Fact]
    public async Task After_ten_quiet_minutes_all_is_forgotten()
    {
        await using var shop = await Open();
        await Guess(shop, "192.0.2.1", 5);
        shop.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromMilliseconds(1));
        await Guess(shop, "192.0.2.1", 2);
        Assert.Null(Wait(shop, "192.0.2.1"));
        await Guess(shop, "192.0.2.1", 1);
        Assert.NotNull(Wait(shop, "192.0.2.1"));
    }

    [Fact]
    public async Task Others_do_not_wait_but_neighbours_in_one_ipv6_network_do()
    {
        await using var shop = await Open();
        await Guess(shop, "192.0.2.1", 3);
        Assert.Null(Wait(shop, "192.0.2.2"));
        for (var i = 1; i <= 3; i++)
            await Guess(shop, $"2001:db8:1:2::{i}", 1);
        Assert.NotNull(Wait(shop, "2001:db8:1:2:ffff::1"));
        Assert.Null(Wait(shop, "2001:db8:1:3::1"));
    }

    [Fact]
    public async Task It_is_told_at_the_limit_and_at_each_doubling_only()
    {
        await using var shop = await Open();
        var told = new List<int>();
        for (var i = 1; i <= 50; i++)
        {
            await Guess(shop, "192.0.2.1", 1);
            if (await shop.Count("SELECT COUNT(*) FROM security_events") > told.Count)
                told.Add(i);
        }
        Assert.Equal([3, 6, 12, 24, 48], told);
        var last = (await shop.Db.Read(s => shop.Get<SecurityEvents>().Recent(s, Caller.DefaultTenant, 1)))[0];
        Assert.Equal(("keys.guessed", "192.0.2.1", "48"), (last.Kind, last.Subject, last.Detail));
    }

    [Fact]
    public async Task Guesses_of_one_customer_alone_are_told_as_theirs_and_else_as_the_addresss()
    {
        await using var shop = await Open();
        var customer = From("192.0.2.1") with { Kind = "customer", Id = "c1" };
        for (var i = 0; i < 3; i++)
            await shop.Get<GuessGuard>().Wrong(customer, $"WRONG-C{i}");
        await Guess(shop, "192.0.2.1", 3);
        await shop.Get<GuessGuard>().Wrong(customer with { Ip = "192.0.2.2" }, "WRONG-C");
        await Guess(shop, "192.0.2.2", 2);
        Assert.Equal(["192.0.2.2", "192.0.2.1", "c1"], (await shop.Db.Read(s => shop.Get<SecurityEvents>().Recent(s, Caller.DefaultTenant, 9))).Select(e => e.Subject));
    }

    [Fact]
    public async Task One_key_is_asked_about_so_often_from_wherever()
    {
        await using var shop = await Open();
        var guard = shop.Get<GuessGuard>();
        for (var i = 0; i < 5; i++)
            guard.Enter($"192.0.2.{i}", "VIP-1");
        var refusal = Assert.Throws<Refusal>(() => guard.Enter("192.0.2.99", "VIP-1"));
        Assert.Equal((429, "RATE_LIMITED"), (refusal.Status, refusal.Code));
        guard.Enter("192.0.2.99", "VIP-2");
    }

    [Fact]
    public async Task An_attack_from_everywhere_does_not_fill_the_memory()
    {
        await using var shop = await Open();
        await Guess(shop, "192.0.2.1", 2);
        for (var i = 0; i < 25_000; i++)
            await shop.Get<GuessGuard>().Wrong(From($"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"), "WRONG");
        var known = (System.Collections.ICollection)typeof(GuessGuard).GetField("_byAddress", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(shop.Get<GuessGuard>())!;
        Assert.InRange(known.Count, 1, 20_000);
    }

    [Fact]
    public async Task A_wrong_key_is_counted_and_a_right_one_is_not()
    {
        await using var shop = await Open();
        var keys = await shop.Keys(await shop.Plan(), 4);
        foreach (var key in keys)
            Assert.True((await shop.Validate(key)).Valid);
        Assert.Null(Wait(shop, Shop.Customer.Ip!));
        for (var i = 0; i < 3; i++)
            Assert.Equal(Verdict.NotFound, (await shop.Validate($"VIP-WRONG{i}")).Code);
        Assert.True((await shop.Validate(keys[0])).Valid);
        await Assert.ThrowsAsync<Refusal>(() => shop.Validate(keys[0], "machine-2"));
        await Assert.ThrowsAsync<Refusal>(() => shop.Activation.Look(Shop.Customer, keys[0], default));
        await Assert.ThrowsAsync<Refusal>(() => shop.Activation.Offer(Shop.Customer, keys[0], default));
    }

    [Fact]
    public async Task Twenty_pastes_of_a_right_key_with_what_nobody_sees_are_no_guesses()
    {
        await using var shop = await Shop.Open(settings: Roomy);
        var key = (await shop.Keys(await shop.Plan(), 1))[0];
        for (var i = 0; i < 20; i++)
            Assert.Equal(key, (await shop.Activation.Look(Shop.Customer, $"\ufeff“{key[..5]}\u200b{key[5..]}”\u00a0\n", default))!.Key);
        Assert.True((await shop.Validate($"'{key}'\r\n")).Valid);
        Assert.Null(Wait(shop, Shop.Customer.Ip!));
    }

    [Fact]
    public async Task The_same_wrong_key_again_in_whatever_form_is_one_guess()
    {
        await using var shop = await Open();
        foreach (var typed in new[] { "VIP-WRONG1", " vip-wrong1\n", "ＶＩＰ－ＷＲＯＮＧ１", "VIP-\u200bWRONG1", "“VIP–WRONG1”", "卡密WRONG1", "卡密\u200bwrong1" })
            Assert.Equal(Verdict.NotFound, (await shop.Validate(typed)).Code);
        Assert.Null(Wait(shop, Shop.Customer.Ip!));
        Assert.Equal(Verdict.NotFound, (await shop.Validate("VIP-WRONG2")).Code);
        Assert.NotNull(Wait(shop, Shop.Customer.Ip!));
    }
}
