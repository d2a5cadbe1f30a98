using System.Text;
using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>What a gateway of epay tells, and each thing that may be wrong with it, alone.</summary>
public sealed class EpayCallbackTests
{
    private const string Key = "gatehouseTestKey0123456789abcdef";
    private static readonly GatewayKind V1 = GatewayKinds.Find("epay_v1")!, V2 = GatewayKinds.Find("epay_v2")!;
    private static readonly Dictionary<string, string> Values1 = Values(("pid", "1001"), ("key", Key)), Values2 = Values(("pid", "1001"), ("private_key", Ours.Private), ("public_key", Theirs.Public));

    private static List<KeyValuePair<string, string>> Notify(bool rsa)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("pid", "1001"), new("trade_no", "2026010112000012345"), new("out_trade_no", "GH20260101000001"), new("type", "alipay"), new("name", "product"), new("money", "12.5"), new("trade_status", "TRADE_SUCCESS"),
        ];
        if (rsa)
            fields.AddRange([new("api_trade_no", "2026010122001"), new("buyer", "b@example.com"), new("timestamp", "1767225600")]);
        return fields;
    }

    private static List<KeyValuePair<string, string>> Signed(bool rsa, List<KeyValuePair<string, string>> fields)
    {
        var text = Signatures.Text(fields.Where(f => f.Value.Trim().Length > 0));
        return [.. fields, new("sign", rsa ? Signatures.Rsa(Theirs.Private, text) : Signatures.Md5(text + Key)), new("sign_type", rsa ? "RSA" : "MD5")];
    }

    private static List<KeyValuePair<string, string>> With(List<KeyValuePair<string, string>> fields, string name, string? value)
    {
        var changed = fields.Where(f => f.Key != name).ToList();
        if (value is not null)
            changed.Add(new(name, value));
        return changed;
    }

    private static CallbackReading Read(bool rsa, IEnumerable<KeyValuePair<string, string>> fields, bool post = false, Dictionary<string, string>? values = null)
    {
        values ??= rsa ? Values2 : Values1;
        return (rsa ? V2 : V1).Read!(post ? GatewayCallback.Post(values, "application/x-www-form-urlencoded; charset=utf-8", Encoding.UTF8.GetBytes(Form(fields)), new Dictionary<string, string>(), Now) : GatewayCallback.Get(values, "?" + Form(fields), Now));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void It_is_taken_in_however_it_comes(bool rsa, bool post)
    {
        var reading = Read(rsa, Signed(rsa, Notify(rsa)), post);
        Assert.Equal((CallbackClaim.Paid, rsa ? "secret form algorithm signature time merchant numbers status amount" : "secret form algorithm signature merchant numbers status amount"), (reading.Claim, reading.Checks()));
        Assert.Equal(("GH20260101000001", "2026010112000012345", "12.5", 1250L, null, "TRADE_SUCCESS"), (reading.TradeNumber, reading.GatewayNumber, reading.AmountText, reading.Amount("CNY"), reading.Currency, reading.Event));
        Assert.Equal(rsa ? "2026010122001" : "", reading.Proof);
        Assert.Equal((200, "success", "text/plain"), (reading.Accepted.Status, reading.Accepted.Body, reading.Accepted.ContentType));
        // A word in it that gateways look for would count as taken in.
        Assert.Equal((400, "fail"), (reading.Declined.Status, reading.Declined.Body));
    }

    /// <summary>Whoever has the key can say it: it is well signed and wrong all the same.</summary>
    [Theory]
    [InlineData("pid", "1002", "merchant")]
    [InlineData("pid", null, "merchant")]
    [InlineData("pid", "01001", "merchant")]
    [InlineData("out_trade_no", null, "numbers")]
    [InlineData("out_trade_no", "GH 1", "numbers")]
    [InlineData("trade_no", null, "numbers")]
    [InlineData("trade_no", "卡", "numbers")]
    [InlineData("money", null, "amount")]
    [InlineData("money", "1.25e1", "amount")]
    [InlineData("money", "-12.5", "amount")]
    [InlineData("money", "+12.5", "amount")]
    [InlineData("money", "12,5", "amount")]
    [InlineData("money", " 12.5", "amount")]
    [InlineData("money", "Array", "amount")]
    [InlineData("money", "0x0c", "amount")]
    public void What_is_signed_and_wrong_is_refused(string field, string? value, string check)
    {
        foreach (var rsa in new[] { false, true })
        {
            var reading = Read(rsa, Signed(rsa, With(Notify(rsa), field, value)));
            Assert.Equal(CallbackClaim.Refused, reading.Claim);
            Assert.EndsWith(" -" + check, reading.Checks(), StringComparison.Ordinal);
            Assert.Single(reading.Checks, c => !c.Held);
        }
    }

    [Theory]
    [InlineData("TRADE_CLOSED")]
    [InlineData("WAIT_BUYER_PAY")]
    [InlineData("trade_success")]
    [InlineData(null)]
    public void Another_state_is_nothing_to_act_on(string? status)
    {
        foreach (var rsa in new[] { false, true })
        {
            var reading = Read(rsa, Signed(rsa, With(Notify(rsa), "trade_status", status)));
            Assert.Equal(CallbackClaim.Nothing, reading.Claim);
            Assert.EndsWith(" numbers -status", reading.Checks(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("sign", null, "signature")]
    [InlineData("sign", "", "signature")]
    [InlineData("sign", "0a19c2f87268c4adc922d79d153a5e41", "signature")]
    [InlineData("sign", "0", "signature")]
    [InlineData("money", "0.01", "signature")]
    [InlineData("out_trade_no", "GH20260101000002", "signature")]
    [InlineData("extra", "1", "signature")]
    [InlineData("name", "other", "signature")]
    // PHP takes it for an array, which it does not sign, and an array equals 1.0.
    [InlineData("money[]", "0.01", "signature")]
    public void What_was_changed_on_the_way_is_refused(string field, string? value, string check)
    {
        foreach (var rsa in new[] { false, true })
        {
            var reading = Read(rsa, With(Signed(rsa, Notify(rsa)), field, value));
            Assert.Equal((CallbackClaim.Refused, "secret form algorithm -" + check), (reading.Claim, reading.Checks()));
        }
    }

    [Theory]
    [InlineData(false, "RSA")]
    [InlineData(false, "NONE")]
    [InlineData(false, "HMAC-SHA256")]
    [InlineData(true, "MD5")]
    [InlineData(true, "RSA2")]
    public void The_algorithm_is_not_the_callers_choice(bool rsa, string asked) =>
        Assert.Equal("secret form -algorithm", Read(rsa, With(Signed(rsa, Notify(rsa)), "sign_type", asked)).Checks());

    /// <summary>The one who has the platform's public key, which is no secret, signs by MD5 with it.</summary>
    [Fact]
    public void A_public_key_is_no_secret_to_sign_with()
    {
        var fields = Notify(true);
        Assert.Equal("secret form algorithm -signature", Read(true, [.. fields, new("sign", Signatures.Md5(Signatures.Text(fields) + Theirs.Public))]).Checks());
    }

    [Theory]
    [InlineData(false, "md5")]
    [InlineData(false, "")]
    [InlineData(false, null)]
    [InlineData(true, "rsa")]
    [InlineData(true, null)]
    public void The_algorithms_name_may_be_written_otherwise_or_missing(bool rsa, string? asked) =>
        Assert.Equal(CallbackClaim.Paid, Read(rsa, With(Signed(rsa, Notify(rsa)), "sign_type", asked)).Claim);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fields_that_we_do_not_know_take_part(bool rsa)
    {
        Assert.Equal(CallbackClaim.Paid, Read(rsa, Signed(rsa, [.. Notify(rsa), new("bill_trade_no", "42"), new("zz", "Ä b+c %2B")])).Claim);
        // Empty ones do not, and "0" is something.
        Assert.Equal(CallbackClaim.Paid, Read(rsa, Signed(rsa, [.. Notify(rsa), new("param", ""), new("blank", " \t")])).Claim);
        Assert.Equal(CallbackClaim.Paid, Read(rsa, Signed(rsa, [.. Notify(rsa), new("zero", "0")])).Claim);
        Assert.Equal(CallbackClaim.Refused, Read(rsa, [.. Signed(rsa, Notify(rsa)), new("zero", "0")]).Claim);
    }

    [Theory]
    [InlineData("money", "0.01")]
    [InlineData("money", "12.5")]
    [InlineData("out_trade_no", "GH20260101000002")]
    [InlineData("sign", "0")]
    public void A_field_that_comes_twice_is_refused(string field, string value)
    {
        foreach (var rsa in new[] { false, true })
        {
            Assert.Equal("secret -form", Read(rsa, [.. Signed(rsa, Notify(rsa)), new(field, value)]).Checks());
            Assert.Equal("secret -form", Read(rsa, [new(field, value), .. Signed(rsa, Notify(rsa))]).Checks());
        }
    }

    [Fact]
    public void Without_a_key_nothing_is_believed()
    {
        var fields = Notify(false);
        List<KeyValuePair<string, string>> signed = [.. fields, new("sign", Signatures.Md5(Signatures.Text(fields)))];
        Assert.Equal("-secret", Read(false, signed, values: Values(("pid", "1001"), ("key", ""))).Checks());
        Assert.Equal("-secret", Read(false, signed, values: Values(("pid", "1001"))).Checks());
        Assert.Equal("-secret", Read(true, Signed(true, Notify(true)), values: Values(("pid", "1001"), ("public_key", ""))).Checks());
        Assert.Equal("-secret", Read(true, Signed(true, Notify(true)), values: Values(("pid", "1001"), ("public_key", "bm8="))).Checks());
        Assert.Equal("secret -form", Read(false, []).Checks());
    }

    [Theory]
    [InlineData("1767225300", true)]
    [InlineData("1767225900", true)]
    [InlineData("1767225299", false)]
    [InlineData("1767225901", false)]
    [InlineData("9223372036854775807", false)]
    [InlineData("-1", false)]
    [InlineData("1767225600.0", false)]
    [InlineData(null, false)]
    public void What_is_signed_by_RSA_is_good_for_five_minutes(string? timestamp, bool good) =>
        Assert.Equal(good ? "secret form algorithm signature time merchant numbers status amount" : "secret form algorithm signature -time", Read(true, Signed(true, With(Notify(true), "timestamp", timestamp))).Checks());

    /// <summary>Nothing marks where a value ends in what is signed: somebody whose words are in it could cut it elsewhere.</summary>
    [Fact]
    public void Fields_that_were_cut_elsewhere_are_refused()
    {
        // A gateway that lets payers choose a word of it has signed this, for a payment of 0.01 of the payer's own.
        List<KeyValuePair<string, string>> honest = With(With(Notify(false), "money", "0.01"), "buyer", "x&money=12.5&out_trade_no=GH20260101000001&pid=1001&trade_no=9&trade_status=TRADE_SUCCESS");
        var sign = Signatures.Md5(Signatures.Text(honest) + Key);
        List<KeyValuePair<string, string>> forged =
        [
            new("buyer", "x"), new("money", "12.5"), new("out_trade_no", "GH20260101000001"), new("pid", "1001"), new("trade_no", "9"),
            new("trade_status", "TRADE_SUCCESS&money=0.01&name=product&out_trade_no=GH20260101000001&pid=1001&trade_no=2026010112000012345&trade_status=TRADE_SUCCESS&type=alipay"), new("sign", sign),
        ];
        Assert.Equal(Signatures.Text(honest), Signatures.Text(forged.Where(f => f.Key != "sign")));
        Assert.Equal("secret -form", Read(false, forged).Checks());
        // An ampersand alone is none.
        Assert.Equal(CallbackClaim.Paid, Read(false, Signed(false, With(Notify(false), "name", "A &amp; B & c=d"))).Claim);
    }

    [Fact]
    public void Its_own_sample_is_accepted()
    {
        var call = Call(Values(("pid", "1001"), ("key", Key), ("type", "alipay")));
        var reading = V1.Read!(V1.Sample!(call));
        Assert.Equal((CallbackClaim.Paid, Request.TradeNumber, 1250L), (reading.Claim, reading.TradeNumber, reading.Amount("CNY")));
        Assert.Equal(CallbackClaim.Refused, V1.Read(V1.Sample(call) with { Values = Values(("pid", "1001"), ("key", "other")) }).Claim);
        Assert.Null(V2.Sample);
    }

    [Fact]
    public void A_post_of_something_else_and_more_fields_than_anybody_sends_have_none()
    {
        var form = Encoding.UTF8.GetBytes(Form(Signed(false, Notify(false))));
        Assert.Empty(GatewayCallback.Post(Values1, "application/json", form, new Dictionary<string, string>(), Now).Fields);
        Assert.Empty(GatewayCallback.Get(Values1, "?" + string.Join('&', Enumerable.Range(0, 101).Select(i => $"f{i}=1")), Now).Fields);
        Assert.Equal(100, GatewayCallback.Get(Values1, "?" + string.Join('&', Enumerable.Range(0, 100).Select(i => $"f{i}=1")), Now).Fields.Count);
    }
}
