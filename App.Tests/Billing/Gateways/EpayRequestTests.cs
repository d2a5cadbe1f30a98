using Gatehouse.Billing.Gateways;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>What epay's payer sees of what we sign with our own key.</summary>
public sealed class EpayRequestTests
{
    private const string Key = "gatehouseTestKey0123456789abcdef";
    private static readonly GatewayKind V1 = GatewayKinds.Find("epay_v1")!;
    private static readonly Dictionary<string, string> Values1 = Values(("url", "https://pay.example"), ("pid", "1001"), ("key", Key), ("type", "alipay"));

    /// <summary>What we signed ourselves for the payer's browser, with our own key, is no notify.</summary>
    [Fact]
    public void Our_own_request_played_back_says_nothing()
    {
        var url = V1.Prompt(Call(Values1)).Url!;
        var reading = V1.Read!(GatewayCallback.Get(Values1, url[url.IndexOf('?', StringComparison.Ordinal)..], Now));
        Assert.Equal((CallbackClaim.Refused, "secret form algorithm signature merchant -numbers"), (reading.Claim, reading.Checks()));
    }

    [Theory]
    [InlineData("a&b=c")]
    [InlineData("&trade_status=TRADE_SUCCESS&type=x")]
    [InlineData("<script>'\"\\\r\n\t")]
    public void What_people_write_parts_no_fields_of_what_we_sign(string subject)
    {
        var fields = Fields(V1.Prompt(Call(Values1, Request with { Subject = subject })).Url!.Split('?')[1]);
        Assert.Matches("^[^&=<>\"'\\\\/\\p{C}]+$", fields["name"]);
        Assert.Throws<ArgumentException>(() => V1.Prompt(Call(Values1, Request with { ReturnUrl = "https://shop.example/r?a=1&trade_status=TRADE_SUCCESS" })));
    }
}
