using System.Text;
using System.Text.Json;
using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>What the servers that watch a chain tell, and each thing that may be wrong with it, alone.</summary>
public sealed class UsdtCallbackTests
{
    private const string Token = "gatehouse_token_1";
    private const string All = "secret form signature numbers status amount";

    public static TheoryData<string> Kinds => ["epusdt", "bepusdt", "tokenpay"];

    /// <summary>Members as JSON writes them.</summary>
    private static List<KeyValuePair<string, string>> Notify(string kind) => kind == "tokenpay"
        ?
        [
            new("Id", "\"7f1\""), new("OutOrderId", "\"GH20260101000001\""), new("BlockTransactionId", "\"12ef62\""), new("ActualAmount", "\"28.88\""), new("Amount", "\"4.25\""), new("Currency", "\"USDT_TRC20\""),
            new("ToAddress", "\"T1\""), new("PassThroughInfo", "null"), new("IsDynamicAmount", "0"), new("Status", "1"),
        ]
        :
        [
            new("trade_id", "\"7f1\""), new("order_id", "\"GH20260101000001\""), new("amount", "28.88"), new("actual_amount", kind == "epusdt" ? "4.25" : "\"4.25\""), new("token", "\"T1\""),
            new("block_transaction_id", "\"12ef62\""), new("status", "2"),
        ];

    private static string Name(string kind, string name) => kind != "tokenpay" ? name : name switch
    {
        "trade_id" => "Id", "order_id" => "OutOrderId", "amount" => "ActualAmount", "status" => "Status", "signature" => "Signature", _ => name,
    };

    private static List<KeyValuePair<string, string>> Signed(string kind, List<KeyValuePair<string, string>> members, string token = Token)
    {
        // Texts as they read, all else as it is written.
        var text = Signatures.Text(members.Select(m => KeyValuePair.Create(m.Key, m.Value[0] == '"' ? JsonSerializer.Deserialize<string>(m.Value)! : m.Value)).Where(m => m.Value is not ("null" or "")));
        return [.. members, new(Name(kind, "signature"), $"\"{Signatures.Md5(text + token)}\"")];
    }

    private static List<KeyValuePair<string, string>> With(string kind, List<KeyValuePair<string, string>> members, string name, string? value)
    {
        var changed = members.Where(f => f.Key != Name(kind, name)).ToList();
        if (value is not null)
            changed.Add(new(Name(kind, name), value));
        return changed;
    }

    private static CallbackReading Read(string kind, List<KeyValuePair<string, string>> members, string token = Token) => Read(kind, "{" + string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}")) + "}", token);

    private static CallbackReading Read(string kind, string body, string token = Token) =>
        GatewayKinds.Find(kind)!.Read!(GatewayCallback.Post(Values(("token", token)), "application/json", Encoding.UTF8.GetBytes(body), new Dictionary<string, string>(), Now));

    [Theory, MemberData(nameof(Kinds))]
    public void It_is_taken_in(string kind)
    {
        var reading = Read(kind, Signed(kind, Notify(kind)));
        Assert.Equal((CallbackClaim.Paid, All), (reading.Claim, reading.Checks()));
        Assert.Equal(("GH20260101000001", "7f1", "28.88", 2888L, "12ef62"), (reading.TradeNumber, reading.GatewayNumber, reading.AmountText, reading.Amount("CNY"), reading.Proof));
        Assert.Equal((200, "ok", 400, "fail"), (reading.Accepted.Status, reading.Accepted.Body, reading.Declined.Status, reading.Declined.Body));
    }

    [Fact]
    public void TokenPay_may_name_the_currency() => Assert.Equal(("USD", null), (Read("tokenpay", Signed("tokenpay", [.. Notify("tokenpay"), new("BaseCurrency", "\"USD\"")])).Currency, Read("tokenpay", Signed("tokenpay", Notify("tokenpay"))).Currency));

    [Theory, MemberData(nameof(Kinds))]
    public void What_is_signed_and_wrong_is_refused(string kind)
    {
        foreach (var (field, value, check) in new (string, string?, string)[]
        {
            ("order_id", null, "numbers"), ("order_id", "\"\"", "numbers"), ("order_id", "\"GH 1\"", "numbers"), ("trade_id", null, "numbers"), ("amount", null, "amount"), ("amount", "2.888e1", "amount"), ("amount", "-28.88", "amount"),
            ("amount", "\"+28.88\"", "amount"), ("amount", "\" 28.88\"", "amount"), ("amount", "true", "amount"),
        })
        {
            var reading = Read(kind, Signed(kind, With(kind, Notify(kind), field, value)));
            Assert.Equal(CallbackClaim.Refused, reading.Claim);
            Assert.EndsWith(" -" + check, reading.Checks(), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void An_amount_with_more_digits_than_the_currency_is_none(string kind)
    {
        var reading = Read(kind, Signed(kind, With(kind, Notify(kind), "amount", "28.885")));
        Assert.Equal((CallbackClaim.Paid, "28.885", null), (reading.Claim, reading.AmountText, reading.Amount("CNY")));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void What_was_changed_on_the_way_is_refused(string kind)
    {
        foreach (var (field, value) in new (string, string?)[]
        {
            ("signature", null), ("signature", "\"\""), ("signature", "\"509ebf2326f7431cded3255b2e06db6e\""), ("signature", "0"), ("amount", "0.01"), ("order_id", "\"GH20260101000002\""), ("extra", "\"1\""),
            // The same value, written otherwise.
            ("status", kind == "tokenpay" ? "1.0" : "2.0"),
        })
            Assert.Equal("secret form -signature", Read(kind, With(kind, Signed(kind, Notify(kind)), field, value)).Checks());
        Assert.Equal("secret form -signature", Read(kind, Signed(kind, Notify(kind), "another token")).Checks());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void What_cannot_be_read_in_one_way_is_refused(string kind)
    {
        var signed = Signed(kind, Notify(kind));
        foreach (var (name, value) in new[] { ("amount", "0.01"), ("amount", "28.88"), ("signature", "\"0\"") })
            Assert.Equal("secret -form", Read(kind, [.. signed, new(Name(kind, name), value)]).Checks());
        Assert.Equal("secret -form", Read(kind, With(kind, signed, "amount", "[28.88]")).Checks());
        Assert.Equal("secret -form", Read(kind, With(kind, signed, "amount", "{\"a\":1}")).Checks());
        Assert.Equal("secret -form", Read(kind, Signed(kind, With(kind, Notify(kind), "order_id", $"\"x&{Name(kind, "status")}=2\""))).Checks());
        foreach (var body in new[] { "", "null", "[]", "\"x\"", "{", "order_id=GH20260101000001", "{\"a\":\"\\ud800\"}", "{\"\\ud800\":1}", new string('[', 100) })
            Assert.Equal("secret -form", Read(kind, body).Checks());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Without_a_token_nothing_is_believed(string kind) => Assert.Equal("-secret", Read(kind, Signed(kind, Notify(kind), ""), "").Checks());

    [Theory, MemberData(nameof(Kinds))]
    public void Fields_that_we_do_not_know_take_part(string kind)
    {
        Assert.Equal(CallbackClaim.Paid, Read(kind, Signed(kind, [.. Notify(kind), new("zz", "\"\\u5361\\/ \\u0026\""), new("flag", "true"), new("nothing", "null"), new("empty", "\"\"")])).Claim);
        Assert.Equal(CallbackClaim.Refused, Read(kind, [.. Signed(kind, Notify(kind)), new("zz", "0")]).Claim);
    }

    [Theory]
    [InlineData("epusdt", "1", CallbackClaim.Nothing)]
    [InlineData("bepusdt", "1", CallbackClaim.Nothing)]
    [InlineData("bepusdt", "3", CallbackClaim.Closed)]
    [InlineData("bepusdt", "4", CallbackClaim.Closed)]
    [InlineData("bepusdt", "5", CallbackClaim.Nothing)]
    [InlineData("bepusdt", "6", CallbackClaim.Closed)]
    [InlineData("bepusdt", "22", CallbackClaim.Nothing)]
    [InlineData("bepusdt", "\"2\"", CallbackClaim.Paid)]
    [InlineData("bepusdt", "null", CallbackClaim.Nothing)]
    [InlineData("tokenpay", "0", CallbackClaim.Nothing)]
    [InlineData("tokenpay", "2", CallbackClaim.Closed)]
    public void Another_state_than_paid_is_told_as_what_it_is(string kind, string status, CallbackClaim claim)
    {
        var reading = Read(kind, Signed(kind, With(kind, Notify(kind), "status", status)));
        Assert.Equal((claim, claim == CallbackClaim.Paid ? All : "secret form signature numbers -status"), (reading.Claim, reading.Checks()));
        Assert.Equal((200, "ok"), (reading.Accepted.Status, reading.Accepted.Body));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Its_own_sample_is_accepted(string kind)
    {
        var call = Call(Values(("token", Token), ("coin", "USDT_TRC20")));
        var sample = GatewayKinds.Find(kind)!.Sample!(call);
        var reading = GatewayKinds.Find(kind)!.Read!(sample);
        Assert.Equal((CallbackClaim.Paid, Request.TradeNumber, 1250L), (reading.Claim, reading.TradeNumber, reading.Amount("CNY")));
        Assert.Equal("secret form -signature", GatewayKinds.Find(kind)!.Read!(sample with { Values = Values(("token", "other")) }).Checks());
    }
}
