using System.Text;
using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>What Alipay tells, and each thing that may be wrong with it, alone.</summary>
public sealed class AlipayCallbackTests
{
    private const string All = "secret form algorithm signature merchant numbers status amount";
    private static readonly GatewayKind Kind = GatewayKinds.Find("alipay")!;
    private static readonly Dictionary<string, string> Channel = Values(("app_id", "2021001"), ("seller_id", "2088001"), ("private_key", Ours.Private), ("public_key", Theirs.Public));

    private static List<KeyValuePair<string, string>> Notify =>
    [
        new("app_id", "2021001"), new("seller_id", "2088001"), new("out_trade_no", "GH20260101000001"), new("trade_no", "2026010122001"), new("trade_status", "TRADE_SUCCESS"), new("total_amount", "12.50"), new("charset", "utf-8"),
        new("subject", "VIP 会员+1"), new("fund_bill_list", """[{"amount":"12.50","fundChannel":"ALIPAYACCOUNT"}]"""), new("notify_time", "2026-01-01 08:00:00"), new("version", "1.0"),
    ];

    private static List<KeyValuePair<string, string>> Signed(List<KeyValuePair<string, string>> fields) => [.. fields, new("sign", Signatures.Rsa(Theirs.Private, Signatures.Text(fields))), new("sign_type", "RSA2")];

    private static List<KeyValuePair<string, string>> With(List<KeyValuePair<string, string>> fields, string name, string? value)
    {
        var changed = fields.Where(f => f.Key != name).ToList();
        if (value is not null)
            changed.Add(new(name, value));
        return changed;
    }

    private static CallbackReading Read(IEnumerable<KeyValuePair<string, string>> fields, Dictionary<string, string>? values = null) =>
        Kind.Read!(GatewayCallback.Post(values ?? Channel, "application/x-www-form-urlencoded; text/html; charset=utf-8", Encoding.UTF8.GetBytes(Form(fields)), new Dictionary<string, string>(), Now));

    [Fact]
    public void It_is_taken_in()
    {
        var reading = Read(Signed(Notify));
        Assert.Equal((CallbackClaim.Paid, All), (reading.Claim, reading.Checks()));
        Assert.Equal(("GH20260101000001", "2026010122001", 1250L, "CNY"), (reading.TradeNumber, reading.GatewayNumber, reading.Amount("CNY"), reading.Currency));
        Assert.Equal((200, "success", 400, "fail"), (reading.Accepted.Status, reading.Accepted.Body, reading.Declined.Status, reading.Declined.Body));
        Assert.Equal(CallbackClaim.Paid, Read(Signed(With(Notify, "trade_status", "TRADE_FINISHED"))).Claim);
        // Neither the kind of signature nor the certificate's number is signed.
        Assert.Equal(CallbackClaim.Paid, Read([.. Signed(Notify), new("alipay_cert_sn", "1")]).Claim);
    }

    [Theory]
    [InlineData("app_id", "2021002", "merchant")]
    [InlineData("app_id", null, "merchant")]
    [InlineData("seller_id", "2088002", "merchant")]
    [InlineData("seller_id", null, "merchant")]
    [InlineData("out_trade_no", null, "numbers")]
    [InlineData("trade_no", null, "numbers")]
    [InlineData("total_amount", null, "amount")]
    [InlineData("total_amount", "1.25e1", "amount")]
    [InlineData("total_amount", "-12.50", "amount")]
    [InlineData("total_amount", "12.50 ", "amount")]
    public void What_is_signed_and_wrong_is_refused(string field, string? value, string check)
    {
        var reading = Read(Signed(With(Notify, field, value)));
        Assert.Equal(CallbackClaim.Refused, reading.Claim);
        Assert.EndsWith(" -" + check, reading.Checks(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_seller_that_is_not_set_is_not_asked_for() => Assert.Equal(CallbackClaim.Paid, Read(Signed(With(Notify, "seller_id", "2088002")), Values(("app_id", "2021001"), ("public_key", Theirs.Public))).Claim);

    [Fact]
    public void An_amount_with_more_digits_than_the_currency_is_none() => Assert.Null(Read(Signed(With(Notify, "total_amount", "12.505"))).Amount("CNY"));

    [Theory]
    [InlineData("sign", null)]
    [InlineData("sign", "")]
    [InlineData("sign", "AAAA")]
    [InlineData("sign", "no base64!")]
    [InlineData("total_amount", "0.01")]
    [InlineData("extra", "1")]
    [InlineData("total_amount[]", "1")]
    public void What_was_changed_on_the_way_is_refused(string field, string? value) => Assert.Equal("secret form algorithm -signature", Read(With(Signed(Notify), field, value)).Checks());

    [Theory]
    [InlineData("RSA")]
    [InlineData("MD5")]
    [InlineData("rsa2")]
    public void The_algorithm_is_not_the_callers_choice(string asked) => Assert.Equal("secret form -algorithm", Read(With(Signed(Notify), "sign_type", asked)).Checks());

    [Fact]
    public void What_we_signed_ourselves_is_not_alipays() => Assert.Equal("secret form algorithm -signature", Read([.. Notify, new("sign", Signatures.Rsa(Ours.Private, Signatures.Text(Notify)))]).Checks());

    [Fact]
    public void Without_its_key_nothing_is_believed()
    {
        Assert.Equal("-secret", Read(Signed(Notify), Values(("app_id", "2021001"), ("public_key", ""))).Checks());
        Assert.Equal("secret -form", Read([]).Checks());
        Assert.Equal("secret -form", Read([.. Signed(Notify), new("total_amount", "0.01")]).Checks());
        Assert.Equal("secret -form", Read(Signed(With(Notify, "subject", "x&total_amount=1"))).Checks());
    }

    [Fact]
    public void Fields_that_we_do_not_know_take_part()
    {
        Assert.Equal(CallbackClaim.Paid, Read(Signed([.. Notify, new("zz", "1+1 = 2 & 3")])).Claim);
        Assert.Equal(CallbackClaim.Refused, Read([.. Signed(Notify), new("zz", "0")]).Claim);
    }

    [Theory]
    [InlineData("WAIT_BUYER_PAY", null, CallbackClaim.Nothing, "12.50")]
    [InlineData(null, null, CallbackClaim.Nothing, "12.50")]
    [InlineData("TRADE_CLOSED", null, CallbackClaim.Closed, "12.50")]
    // Giving back tells of the trade once more.
    [InlineData("TRADE_SUCCESS", "2.50", CallbackClaim.Returned, "2.50")]
    [InlineData("TRADE_CLOSED", "12.50", CallbackClaim.Returned, "12.50")]
    public void Another_state_than_paid_is_told_as_what_it_is(string? status, string? refund, CallbackClaim claim, string amount)
    {
        var reading = Read(Signed(With(With(Notify, "trade_status", status), "refund_fee", refund)));
        Assert.Equal((claim, amount), (reading.Claim, reading.AmountText));
        Assert.EndsWith("numbers -status", reading.Checks(), StringComparison.Ordinal);
    }
}
