using System.Text;
using Gatehouse.Billing.Calling;
using Gatehouse.Billing.Gateways;
using Gatehouse.Platform.Outbound;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Messaging.Channels;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>A channel of some kind with a gateway that was written from its description, an attempt to pay by it, and a merchant who reads what comes.</summary>
public abstract class AtGateway : IAsyncDisposable
{
    protected const string Trade = "GH20260304000001";
    private protected FakeClock Clock { get; } = new();
    private readonly PaymentCaller _caller;
    private protected List<CallbackReading> Readings { get; } = [];
    private protected Gateway Merchant { get; private set; } = null!;
    private protected TestGateway Server { get; private set; } = null!;
    private protected GatewayKind Kind { get; private set; } = null!;
    private protected GatewayCall Call { get; set; } = null!;

    protected AtGateway() => _caller = new(new OutboundAddresses(new ConfigurationBuilder().AddInMemoryCollection([new(OutboundAddresses.Option, "127.0.0.1")]).Build()), Clock);

    public static TheoryData<string> Kinds => ["epay_v1", "epay_v1 api", "epay_v2", "epay_v2 api", "stripe", "alipay", "epusdt", "bepusdt", "tokenpay"];

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
        if (Merchant is not null)
            await Merchant.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A channel of that kind, an attempt to pay by it, and a merchant who reads what comes.</summary>
    private protected async Task Open(string name)
    {
        var (kind, api) = (name.Split(' ')[0], name.EndsWith(" api", StringComparison.Ordinal));
        Kind = GatewayKinds.Find(kind)!;
        Server = kind switch
        {
            "epay_v1" or "epay_v2" => await TestEpay.Start(Clock, kind == "epay_v2", api),
            "stripe" => await TestStripe.Start(Clock),
            "alipay" => await TestAlipay.Start(Clock),
            _ => await TestUsdt.Start(Enum.Parse<Dialect>(kind, ignoreCase: true), Clock),
        };
        Merchant = await Gateway.Start();
        // As a channel would keep them.
        var values = Kind.Fields.ToDictionary(f => f.Name, f => f.Default);
        foreach (var (field, typed) in Server.Settings)
            values[field] = Kind.Field(field)!.Normal?.Invoke(typed) ?? typed;
        Assert.All(Kind.Fields.Where(f => values[f.Name].Length > 0), f => Assert.Null(f.Fault?.Invoke(values[f.Name])));
        Assert.Null(Kind.Fault?.Invoke(values));
        var notify = $"{Merchant.Address}/pay/{Kind.Route}/c1/notify";
        if (Server is TestStripe stripe)
            stripe.Webhook = notify;
        Call = new(values, new(Trade, 1250, "CNY", "VIP 会员+1 & more", notify, "https://shop.example/orders/1", Clock.GetUtcNow().AddMinutes(30), Email: "wei@example.com", ClientIp: "198.51.100.7"), Clock.GetUtcNow());
        Merchant.Answer = got =>
        {
            var callback = got.Method == "GET" ? GatewayCallback.Get(values, got.Query, Clock.GetUtcNow())
                : GatewayCallback.Post(values, got.Headers["Content-Type"], Encoding.UTF8.GetBytes(got.Body), Kind.Headers.ToDictionary(h => h, h => got.Headers.GetValueOrDefault(h, "")), Clock.GetUtcNow());
            var reading = Kind.Read!(callback);
            lock (Readings)
                Readings.Add(reading);
            var answer = reading.Claim == CallbackClaim.Refused ? reading.Declined : reading.Accepted;
            return Task.FromResult((answer.Status, answer.Body));
        };
    }

    private protected async Task<T> Ask<T>(GatewayQuestion<T> question, RefundRequest? refund = null) where T : class, IGatewayReading<T>
    {
        var (reading, fault) = await _caller.Ask(Kind, question, Call with { Refund = refund, Now = Clock.GetUtcNow() }, default);
        Assert.Null(fault);
        return reading!;
    }

    private protected async Task<PaymentPrompt> Begin()
    {
        if (Kind.Start!.With(Call.Values) is GatewayStart.Local local)
        {
            var page = local.Prompt(Call);
            Assert.Equal((200, "<html>pay 12.50</html>"), await Server.Visit(page.Url!));
            return page;
        }
        var start = await Ask(((GatewayStart.Remote)Kind.Start.With(Call.Values)).Question);
        Assert.True(start.Prompt is not null, start.Answer);
        Call = Call with { Payment = Call.Payment with { GatewayNumber = start.GatewayNumber } };
        return start.Prompt;
    }
}
