using System.Diagnostics;
using Gatehouse.Billing.Calling;
using Gatehouse.Billing.Gateways;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;
using Gatehouse.Tests.Messaging.Channels;
using Microsoft.Extensions.Configuration;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>Who calls gateways: where to, how long, and what it tells.</summary>
public sealed class PaymentCallerTests
{
    private const string Key = "a-secret-key";
    private static readonly GatewayKind Epay = GatewayKinds.Find("epay_v1")!;

    private static PaymentCaller Caller(string allowed) => new(new OutboundAddresses(new ConfigurationBuilder().AddInMemoryCollection([new(OutboundAddresses.Option, allowed)]).Build()), TimeProvider.System);

    private static GatewayCall Of(string url) => Call(Values(("url", url), ("pid", "1001"), ("key", Key)));

    [Fact]
    public async Task Inside_private_networks_nobody_is_called_unless_the_operator_names_them()
    {
        await using var gateway = await Gateway.Start();
        using PaymentCaller closed = Caller(""), open = Caller("127.0.0.1");
        var (reading, fault) = await closed.Ask(Epay, Epay.Query!, Of(gateway.Address), default);
        Assert.Null(reading);
        Assert.Equal("127.0.0.1 leads to 127.0.0.1, which is inside a private network. If that is meant, name it in Outbound:AllowedHosts.", Localizer.For("en")[fault!.Value]);
        Assert.Empty(gateway.All);
        Assert.NotNull((await open.Ask(Epay, Epay.Query!, Of(gateway.Address), default)).Reading);
        foreach (var place in new[] { "http://localhost:1", "http://[::1]:1", "http://169.254.169.254", "http://10.0.0.1", "http://[::ffff:127.0.0.1]:1", "http://2130706433:1" })
            Assert.Equal((place, "channels.fault.private"), (place, (await closed.Ask(Epay, Epay.Query!, Of(place), default)).Fault!.Value.Key));
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        await using var gateway = await Gateway.Start();
        using var caller = Caller("127.0.0.1");
        gateway.Says(302, "");
        gateway.AnswerHeaders["Location"] = gateway.Address + "/elsewhere";
        var (reply, _) = await caller.Send(Epay, new("GET", gateway.Address + "/a"), new Dictionary<string, string>(), default);
        Assert.Equal((302, "/a"), (reply!.Status, Assert.Single(gateway.All).Target));
    }

    [Fact]
    public async Task Of_a_long_answer_the_beginning_is_read()
    {
        await using var gateway = await Gateway.Start();
        using var caller = Caller("127.0.0.1");
        gateway.Says(200, "{\"code\":1,\"msg\":\"" + new string('x', 1_000_000));
        Assert.Equal(64 * 1024, (await caller.Send(Epay, new("GET", gateway.Address + "/a"), new Dictionary<string, string>(), default)).Reply!.Body.Length);
        Assert.Equal(PaymentState.Unknown, (await caller.Ask(Epay, Epay.Query!, Of(gateway.Address), default)).Reading!.State);
    }

    [Fact]
    public async Task It_waits_ten_seconds()
    {
        await using var gateway = await Gateway.Start();
        using var caller = Caller("127.0.0.1");
        var release = new TaskCompletionSource();
        gateway.Answer = async _ =>
        {
            await release.Task;
            return (200, "ok");
        };
        var watch = Stopwatch.StartNew();
        var (reading, fault) = await caller.Ask(Epay, Epay.Query!, Of(gateway.Address), default);
        Assert.Null(reading);
        Assert.Equal("There was no answer within 10 seconds.", Localizer.For("en")[fault!.Value]);
        Assert.InRange(watch.Elapsed.TotalSeconds, 9, 50);
        // Who asked may give up before.
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.Ask(Epay, Epay.Query!, Of(gateway.Address), stop.Token));
        release.SetResult();
    }

    [Fact]
    public async Task Who_is_not_there_is_said_in_words()
    {
        using var caller = Caller("127.0.0.1");
        var (reading, fault) = await caller.Ask(Epay, Epay.Query!, Of("http://127.0.0.1:1"), default);
        Assert.Null(reading);
        Assert.Equal("channels.fault.connection", fault!.Value.Key);
    }

    [Fact]
    public async Task Its_secrets_are_told_to_nobody()
    {
        await using var gateway = await Gateway.Start();
        using var caller = Caller("127.0.0.1");
        // A server that repeats what it was asked.
        gateway.Answer = got => Task.FromResult((200, $$"""{"code":-3,"msg":"wrong: {{got.Target}}"}"""));
        var (reading, _) = await caller.Ask(Epay, Epay.Query!, Of(gateway.Address), default);
        Assert.Equal("-3 wrong: /api.php?act=order&pid=1001&key=•••&out_trade_no=GH20260101000001", reading!.Answer);
        var (_, fault) = await caller.Send(Epay, new ChannelRequest("GET", "http://10.0.0.1/"), Values(("key", "10.0.0.1")), default);
        Assert.StartsWith("••• leads to •••, which", Localizer.For("en")[fault!.Value], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_without_its_secret_calls_nobody()
    {
        await using var gateway = await Gateway.Start();
        using var caller = Caller("127.0.0.1");
        var (reading, fault) = await caller.Ask(Epay, Epay.Query!, Call(Values(("url", gateway.Address), ("pid", "1001"), ("key", ""))), default);
        Assert.Null(reading);
        Assert.Equal("The channel's settings are not complete: Merchant key is missing.", Localizer.For("en")[fault!.Value]);
        Assert.Empty(gateway.All);
    }
}
