using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Tailnets;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>The webhook of a tailnet is made by its API where the client may, once, and removed when nobody wants it any more.</summary>
public sealed class TailnetHookTests
{
    private const string Site = "https://relays.example.com", All = "policy_file devices:core:read webhooks";

    [Theory]
    [InlineData("https://relays.example.com/hooks", true)]
    [InlineData("https://relays.example.com:8443/hooks", false)]
    [InlineData("http://relays.example.com/hooks", false)]
    [InlineData("https://localhost/hooks", false)]
    [InlineData("", false)]
    public void Tailscale_calls_https_on_the_usual_ports(string address, bool suits) => Assert.Equal(suits, HookKeeper.Suits(address));

    [Theory, BothEngines]
    public async Task It_is_made_once_and_removed_when_they_disconnect(Engine engine)
    {
        await using var bed = await Make(engine);
        await bed.Connect();
        await Wait.Until(async () => (await bed.Now())!.HookId is not null, "it is made");
        var (id, made) = Assert.Single(bed.Fake.Hooks);
        Assert.Equal($"{Site}/hooks/tailnet/{bed.Rental}", made.Address);
        var now = (await bed.Now())!;
        Assert.Equal((id, made.Secret, (long?)null), (now.HookId, bed.Server.Service<SecretBox>().OpenTailnet(now.Hook), now.HookDueAt));
        Assert.DoesNotContain(made.Secret, now.Hook, StringComparison.Ordinal);
        // Saved again, by however many at once, it stays the same one.
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => bed.Tailnets.Connect(bed.Who, bed.Rental, new("", "", null, i % 2 == 0 ? "tag:x" : "", null), default)));
        await bed.Tick();
        Assert.Equal([id], bed.Fake.Hooks.Keys);
        Assert.Equal(id, (await bed.Now())!.HookId);
        Assert.True(await bed.Tailnets.Disconnect(bed.Who, bed.Rental, default));
        await Wait.Until(() => Task.FromResult(bed.Fake.Hooks.Count == 0), "it is removed");
        await Wait.Until(async () => await bed.Ended() == 0, "its client is forgotten");
        Assert.Empty(bed.Server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Without_the_scope_it_is_made_by_hand_and_with_it_later(Engine engine)
    {
        await using var bed = await Make(engine);
        bed.Fake.Scopes = "policy_file devices:core:read";
        await bed.Connect();
        await bed.Tick();
        Assert.Equal(("", 0), ((await bed.Now())!.HookAddress, bed.Fake.Hooks.Count));
        // Their API does not say what a client may: it is tried, and not again and again.
        bed.Fake.Scopes = "";
        await bed.Connect();
        await Wait.Until(async () => (await bed.Now())!.HookError is not null, "it is refused");
        var refused = (await bed.Now())!;
        Assert.Equal(("tailnet.fault.scope", (long?)null), (refused.HookError!.Value.Key, refused.HookDueAt));
        var asked = bed.Fake.Asked.Count;
        bed.Server.Clock.Advance(TimeSpan.FromMinutes(3));
        await bed.Tick();
        Assert.DoesNotContain(bed.Fake.Asked.Skip(asked), a => a.Contains("webhooks", StringComparison.Ordinal));
        bed.Fake.Scopes = All;
        await bed.Connect();
        await Wait.Until(async () => (await bed.Now())!.HookId is not null, "it is made");
        Assert.Null((await bed.Now())!.HookError);
        // One that was made by hand takes its place.
        await bed.Tailnets.Connect(bed.Who, bed.Rental, new("", "tskey-webhook-hand", null, null, null), default);
        await Wait.Until(() => Task.FromResult(bed.Fake.Hooks.Count == 0), "ours is removed");
        Assert.Equal(("tskey-webhook-hand", null, ""), await bed.Now() is { } t ? (bed.Server.Service<SecretBox>().OpenTailnet(t.Hook), t.HookId, t.HookAddress) : default);
        await bed.Connect();
        await bed.Tick();
        Assert.Empty(bed.Fake.Hooks);
    }

    [Theory, BothEngines]
    public async Task Asked_to_wait_it_waits_and_what_was_cut_off_is_done_again(Engine engine)
    {
        await using var bed = await Make(engine);
        // Another server of ours died between making it and taking it down; and there are two.
        bed.Fake.Hook("lost-1", $"{Site}/hooks/tailnet/{bed.Rental}");
        bed.Fake.Hook("lost-2", $"{Site}/hooks/tailnet/{bed.Rental}");
        bed.Fake.Hook("theirs", "https://elsewhere.example.com/hook");
        bed.Fake.Fault = path => path.EndsWith("/webhooks", StringComparison.Ordinal) ? (429, "{}", "Retry-After: 1800\r\n") : null;
        await bed.Connect();
        await Wait.Until(async () => (await bed.Now())!.HookError is not null, "it has to wait");
        Assert.Equal(bed.Server.Clock.Now + 1_800_000, (await bed.Now())!.HookDueAt);
        bed.Fake.Fault = _ => null;
        await bed.Tick();
        Assert.Null((await bed.Now())!.HookId);
        bed.Server.Clock.Advance(TimeSpan.FromMinutes(31));
        await bed.Tick();
        await Wait.Until(async () => (await bed.Now())!.HookId is not null, "it is made");
        Assert.Equal(["lost-1", "theirs"], bed.Fake.Hooks.Keys.Order());
        Assert.Equal(bed.Fake.Hooks["lost-1"].Secret, bed.Server.Service<SecretBox>().OpenTailnet((await bed.Now())!.Hook));
        // Their API is away while they disconnect: it is removed when it is back, and given up after a day.
        bed.Fake.Fault = _ => (503, "{}", null);
        await bed.Tailnets.Disconnect(bed.Who, bed.Rental, default);
        await bed.Tick();
        Assert.Equal(1, await bed.Ended());
        bed.Fake.Fault = _ => null;
        bed.Server.Clock.Advance(TimeSpan.FromMinutes(11));
        await bed.Tick();
        await Wait.Until(async () => await bed.Ended() == 0, "it is removed");
        Assert.Equal(["theirs"], bed.Fake.Hooks.Keys);
        await bed.Connect();
        await Wait.Until(async () => await bed.Now() is { HookId: not null }, "it is made again");
        bed.Fake.Fault = _ => (503, "{}", null);
        await bed.Tailnets.Disconnect(bed.Who, bed.Rental, default);
        bed.Server.Clock.Advance(TimeSpan.FromDays(2));
        await bed.Tick();
        await Wait.Until(async () => await bed.Ended() == 0, "it is given up");
        Assert.Empty(bed.Server.Errors.Lines);
    }

    private static async Task<HookBed> Make(Engine engine)
    {
        var bed = await TailnetBed.Make(engine, Site);
        bed.Fake.Scopes = All;
        return new(bed);
    }

    private sealed record HookBed(TailnetBed Bed) : IAsyncDisposable
    {
        public TestServer Server => Bed.Server;
        public FakeTailnet Fake => Bed.Fake;
        public string Rental => Bed.Rental;
        public Caller Who => Bed.Who;
        public TailnetService Tailnets => Bed.Tailnets;

        public Task Connect() => Bed.Tailnets.Connect(Bed.Who, Bed.Rental, TailnetBed.Usual, default);

        public Task<Tailnet?> Now() => Bed.Now();

        public Task<long> Ended() => Server.Db.Read(s => s.Number("SELECT COUNT(*) FROM tailnet_ended_hooks"));

        public Task Tick() => Server.Service<HookKeeper>().Tick(default);

        public ValueTask DisposeAsync() => Bed.DisposeAsync();
    }
}
