using System.Text;
using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>Stripe's webhooks, and each thing that may be wrong with one, alone.</summary>
public sealed class StripeCallbackTests
{
    private const string Secret = "whsec_gatehouse_test", Old = "whsec_gatehouse_old";
    private static readonly GatewayKind Kind = GatewayKinds.Find("stripe")!;
    private static readonly long At = Now.ToUnixTimeSeconds();

    private static string Event(string type = "checkout.session.completed", string paid = "paid", string amount = "1250", string currency = "usd", string order = "GH1", string reference = "GH1", string live = "true", string id = "cs_live_1") =>
        $$$"""
        {"id":"evt_1","object":"event","livemode":{{{live}}},"type":"{{{type}}}","data":{"object":{"id":"{{{id}}}","payment_status":"{{{paid}}}","payment_intent":"pi_1","client_reference_id":"{{{reference}}}","metadata":{"order":"{{{order}}}"},"amount_total":{{{amount}}},"currency":"{{{currency}}}"} } }
        """;

    private static CallbackReading Read(string body, string? header = null, string secret = Secret, string old = "", string key = "sk_live_1") => Kind.Read!(GatewayCallback.Post(
        Values(("secret_key", key), ("webhook_secret", secret), ("old_webhook_secret", old)), "application/json; charset=utf-8", Encoding.UTF8.GetBytes(body),
        new Dictionary<string, string> { ["stripe-signature"] = header ?? $"t={At},v1={Signatures.Hmac(Secret, $"{At}.{body}")}" }, Now));

    [Fact]
    public void It_is_taken_in()
    {
        var reading = Read(Event());
        Assert.Equal((CallbackClaim.Paid, "secret algorithm signature time form merchant order numbers status amount"), (reading.Claim, reading.Checks()));
        Assert.Equal(("GH1", "cs_live_1", "12.50", 1250L, "USD", "pi_1", "checkout.session.completed"), (reading.TradeNumber, reading.GatewayNumber, reading.AmountText, reading.Amount("USD"), reading.Currency, reading.Proof, reading.Event));
        Assert.Equal((200, 400), (reading.Accepted.Status, reading.Declined.Status));
        Assert.Equal(500L, Read(Event(amount: "500", currency: "jpy")).Amount("JPY"));
        Assert.Equal(["stripe-signature"], Kind.Headers);
    }

    [Theory]
    [InlineData("checkout.session.completed", "paid", CallbackClaim.Paid)]
    [InlineData("checkout.session.completed", "no_payment_required", CallbackClaim.Paid)]
    // A method that takes days: nothing is paid yet.
    [InlineData("checkout.session.completed", "unpaid", CallbackClaim.Nothing)]
    [InlineData("checkout.session.async_payment_succeeded", "paid", CallbackClaim.Paid)]
    [InlineData("checkout.session.async_payment_succeeded", "unpaid", CallbackClaim.Nothing)]
    [InlineData("checkout.session.async_payment_failed", "unpaid", CallbackClaim.Closed)]
    [InlineData("checkout.session.expired", "unpaid", CallbackClaim.Closed)]
    [InlineData("checkout.session.else", "paid", CallbackClaim.Nothing)]
    [InlineData("charge.refunded", "", CallbackClaim.Returned)]
    [InlineData("refund.updated", "", CallbackClaim.Returned)]
    [InlineData("refund.failed", "", CallbackClaim.Returned)]
    [InlineData("charge.dispute.created", "", CallbackClaim.Returned)]
    [InlineData("charge.dispute.closed", "", CallbackClaim.Returned)]
    [InlineData("charge.succeeded", "paid", CallbackClaim.Nothing)]
    [InlineData("payment_intent.succeeded", "paid", CallbackClaim.Nothing)]
    public void Only_what_was_paid_is(string type, string paid, CallbackClaim claim)
    {
        var reading = Read(Event(type, paid));
        Assert.Equal((claim, "pi_1", type), (reading.Claim, reading.Proof, reading.Event));
        Assert.Equal(claim != CallbackClaim.Paid, reading.Checks().EndsWith("-status", StringComparison.Ordinal));
    }

    [Fact]
    public void What_went_back_is_told_by_what_it_was_paid_with()
    {
        var body = """{"id":"evt_2","livemode":true,"type":"charge.refunded","data":{"object":{"id":"ch_1","payment_intent":{"id":"pi_7"},"amount":1250,"amount_refunded":250,"currency":"eur","metadata":{"order":"GH1"}}}}""";
        var reading = Read(body);
        Assert.Equal((CallbackClaim.Returned, "pi_7", "GH1", 250L, "EUR"), (reading.Claim, reading.Proof, reading.TradeNumber, reading.Amount("EUR"), reading.Currency));
        var dispute = Read("""{"id":"evt_3","livemode":true,"type":"charge.dispute.created","data":{"object":{"id":"du_1","payment_intent":"pi_7","amount":1250,"currency":"eur","metadata":{}}}}""");
        Assert.Equal((CallbackClaim.Returned, "pi_7", "", 1250L), (dispute.Claim, dispute.Proof, dispute.TradeNumber, dispute.Amount("EUR")));
        Assert.Null(dispute.Won);
        foreach (var (status, won) in new (string, bool?)[] { ("won", true), ("warning_closed", true), ("lost", false), ("under_review", null) })
            Assert.Equal(won, Read("""{"id":"evt_4","livemode":true,"type":"charge.dispute.closed","data":{"object":{"id":"du_1","payment_intent":"pi_7","amount":1250,"currency":"eur","status":"STATUS"}}}""".Replace("STATUS", status, StringComparison.Ordinal)).Won);
    }

    [Theory]
    [InlineData("t=1767225600", "-algorithm")]
    [InlineData("", "-algorithm")]
    [InlineData("v1", "-algorithm")]
    [InlineData("t=1767225600,v0={good}", "-algorithm")]
    [InlineData("v1={good}", "algorithm -signature")]
    [InlineData("t=1767225601,v1={good}", "algorithm -signature")]
    [InlineData("t=1767225600,v1=", "algorithm -signature")]
    [InlineData("t=1767225600,v1=00", "algorithm -signature")]
    [InlineData("t=1767225600,v1={good}0", "algorithm -signature")]
    [InlineData("t=1767225600,v1=00,v1={good}", null)]
    [InlineData("t=1767225600, v1={good}, v0=00", null)]
    [InlineData("t=1767225600,v1={GOOD}", null)]
    public void The_header_is_read_strictly(string header, string? checks)
    {
        var good = Signatures.Hmac(Secret, $"{At}.{Event()}");
        var reading = Read(Event(), header.Replace("{good}", good, StringComparison.Ordinal).Replace("{GOOD}", good.ToUpperInvariant(), StringComparison.Ordinal));
        Assert.Equal(checks is null ? CallbackClaim.Paid : CallbackClaim.Refused, reading.Claim);
        if (checks is not null)
            Assert.Equal("secret " + checks, reading.Checks());
    }

    [Theory]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void It_is_good_for_five_minutes(int seconds, bool good)
    {
        var at = At + seconds;
        Assert.Equal(good ? CallbackClaim.Paid : CallbackClaim.Refused, Read(Event(), $"t={at},v1={Signatures.Hmac(Secret, $"{at}.{Event()}")}").Claim);
        Assert.Equal("secret algorithm signature -time", Read(Event(), $"t=x,v1={Signatures.Hmac(Secret, $"x.{Event()}")}").Checks());
    }

    [Fact]
    public void It_is_over_the_body_as_it_came()
    {
        var header = $"t={At},v1={Signatures.Hmac(Secret, $"{At}.{Event()}")}";
        Assert.Equal("secret algorithm -signature", Read(Event() + " ", header).Checks());
        Assert.Equal("secret algorithm -signature", Read(Event(amount: "1"), header).Checks());
    }

    [Fact]
    public void While_the_secret_is_replaced_both_are_good()
    {
        var old = $"t={At},v1={Signatures.Hmac(Old, $"{At}.{Event()}")}";
        Assert.Equal(CallbackClaim.Paid, Read(Event(), old, old: Old).Claim);
        Assert.Equal("secret algorithm -signature", Read(Event(), old).Checks());
    }

    [Fact]
    public void Without_a_secret_nothing_is_believed()
    {
        Assert.Equal("-secret", Read(Event(), $"t={At},v1={Signatures.Hmac("", $"{At}.{Event()}")}", secret: "").Checks());
        Assert.Equal("-secret", Read(Event(), $"t={At},v1={Signatures.Hmac(Old, $"{At}.{Event()}")}", secret: "", old: Old).Checks());
        // An old one that is not there is none.
        Assert.Equal("secret algorithm -signature", Read(Event(), $"t={At},v1={Signatures.Hmac("", $"{At}.{Event()}")}").Checks());
    }

    [Theory]
    [InlineData("sk_live_1", "false")]
    [InlineData("rk_live_1", "false")]
    [InlineData("sk_test_1", "true")]
    [InlineData("sk_live_1", "\"true\"")]
    [InlineData("sk_live_1", "null")]
    public void Money_for_tests_is_none(string key, string live) => Assert.Equal("secret algorithm signature time form -merchant", Read(Event(live: live), key: key).Checks());

    [Fact]
    public void A_key_for_tests_takes_money_for_tests() => Assert.Equal(CallbackClaim.Paid, Read(Event(live: "false"), key: "sk_test_1").Claim);

    [Theory]
    [InlineData("GH1", "GH2")]
    [InlineData("", "GH1")]
    [InlineData("", "")]
    [InlineData("GH1", "")]
    public void Sessions_of_another_shop_in_the_account_are_none_of_ours(string order, string reference)
    {
        var reading = Read(Event(order: order, reference: reference));
        Assert.Equal((CallbackClaim.Nothing, "secret algorithm signature time form merchant -order"), (reading.Claim, reading.Checks()));
    }

    [Theory]
    [InlineData("12.5", "usd", "amount")]
    [InlineData("-1250", "usd", "amount")]
    [InlineData("1.25e3", "usd", "amount")]
    [InlineData("[1250]", "usd", "amount")]
    [InlineData("null", "usd", "amount")]
    [InlineData("1250", "", "amount")]
    public void What_is_signed_and_wrong_is_refused(string amount, string currency, string check)
    {
        var reading = Read(Event(amount: amount, currency: currency));
        Assert.Equal((CallbackClaim.Refused, "secret algorithm signature time form merchant order numbers status -" + check), (reading.Claim, reading.Checks()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"type":"checkout.session.completed"}""")]
    [InlineData("""{"type":{},"data":{"object":{}}}""")]
    [InlineData("""{"type":"a","type":"b","data":{"object":{}}}""")]
    [InlineData("""{"type":"\ud800","data":{"object":{}}}""")]
    [InlineData("""{"type":"a","data":{"object":{"a":1,"a":2}}}""")]
    public void What_cannot_be_read_in_one_way_is_refused(string body) => Assert.Equal("secret algorithm signature time -form", Read(body).Checks());

    [Fact]
    public void A_session_without_a_number_is_refused() => Assert.EndsWith("-numbers", Read(Event(id: "")).Checks(), StringComparison.Ordinal);

    [Theory]
    [InlineData("sk_test_1")]
    [InlineData("sk_live_1")]
    public void Its_own_sample_is_accepted(string key)
    {
        var sample = Kind.Sample!(Call(Values(("secret_key", key), ("webhook_secret", Secret)), Request with { Currency = "USD" }));
        var reading = Kind.Read!(sample);
        Assert.Equal((CallbackClaim.Paid, Request.TradeNumber, 1250L), (reading.Claim, reading.TradeNumber, reading.Amount("USD")));
        Assert.Equal("secret algorithm -signature", Kind.Read(sample with { Values = Values(("secret_key", key), ("webhook_secret", Old)) }).Checks());
    }
}
