using Gatehouse.Billing.Gateways;
using Gatehouse.Platform.Localization;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>Amounts on the wire and in the units of gateways.</summary>
public sealed class AmountTests
{
    [Theory]
    [InlineData("12.50", "CNY", 1250)]
    [InlineData("12.5", "CNY", 1250)]
    [InlineData("1", "CNY", 100)]
    [InlineData("0.01", "CNY", 1)]
    [InlineData("12.500", "CNY", 1250)]
    [InlineData("500", "JPY", 500)]
    [InlineData("500.00", "JPY", 500)]
    [InlineData("1.234", "KWD", 1234)]
    [InlineData("9999999999999.99", "CNY", 999999999999999)]
    public void Plain_decimals_are_read_exactly(string text, string currency, long minor) => Assert.Equal(minor, GatewayAmount.Parse(text, currency));

    [Theory]
    [InlineData("")]
    [InlineData(" 12.5")]
    [InlineData("12.5\n")]
    [InlineData("12.505")]
    [InlineData("-12.5")]
    [InlineData("+12.5")]
    [InlineData("1.25e1")]
    [InlineData("1E1")]
    [InlineData("12,5")]
    [InlineData("1,250.00")]
    [InlineData("012.5")]
    [InlineData(".5")]
    [InlineData("12.")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("Array")]
    [InlineData("[12.5]")]
    [InlineData("１２.５")]
    [InlineData("12.5 CNY")]
    [InlineData("99999999999999")]
    public void Nothing_else_is_an_amount(string text) => Assert.Null(GatewayAmount.Parse(text, "CNY"));

    [Fact]
    public void An_amount_of_a_currency_without_digits_has_none() => Assert.Null(GatewayAmount.Parse("500.5", "JPY"));

    [Theory]
    [InlineData(1250, "CNY", "12.50", "12.5")]
    [InlineData(4200, "CNY", "42.00", "42")]
    [InlineData(1, "CNY", "0.01", "0.01")]
    [InlineData(500, "JPY", "500", "500")]
    [InlineData(1230, "KWD", "1.230", "1.23")]
    public void They_are_written_whole_or_short(long minor, string currency, string text, string shortest) => Assert.Equal((text, shortest), (GatewayAmount.Text(minor, currency), GatewayAmount.Shortest(minor, currency)));

    /// <summary>ISO 4217, as amended in 2026: all that have not two digits, without the codes for funds.</summary>
    [Fact]
    public void The_product_counts_digits_as_the_standard_does()
    {
        Assert.All("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".Split(' '), c => Assert.Equal(0, Money.Decimals(c)));
        Assert.All("BHD IQD JOD KWD LYD OMR TND".Split(' '), c => Assert.Equal(3, Money.Decimals(c)));
        Assert.All("CNY USD EUR GBP HKD TWD HUF MGA MRU INR RUB".Split(' '), c => Assert.Equal(2, Money.Decimals(c)));
    }

    [Fact]
    public void Stripe_has_a_table_of_its_own()
    {
        Assert.All("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".Split(' '), c => Assert.Equal(0, Stripe.Digits(c)));
        Assert.All("BHD JOD KWD OMR TND".Split(' '), c => Assert.Equal(3, Stripe.Digits(c)));
        Assert.All("USD EUR HUF TWD".Split(' '), c => Assert.Equal(2, Stripe.Digits(c)));
    }

    [Theory]
    [InlineData(1250, "USD", 1250L)]
    [InlineData(500, "JPY", 500L)]
    // The product counts in hundredths of an ariary, Stripe in whole ones.
    [InlineData(50000, "MGA", 500L)]
    [InlineData(50001, "MGA", null)]
    [InlineData(1230, "KWD", 1230L)]
    [InlineData(1234, "KWD", null)]
    public void Stripes_units_are_whole(long minor, string currency, long? units)
    {
        Assert.Equal(units, Stripe.Units(minor, currency));
        if (units is { } whole)
            Assert.Equal(minor, GatewayAmount.Parse(Stripe.Major(whole.ToString(), currency), currency));
    }

    [Theory]
    [InlineData("12.5")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("")]
    public void What_is_no_whole_number_is_no_amount_of_stripes(string units) => Assert.Equal("", Stripe.Major(units, "USD"));

    [Theory]
    [InlineData("epay_v1", 0, "CNY", "payments.wrong.amount")]
    [InlineData("epay_v1", -1, "CNY", "payments.wrong.amount")]
    [InlineData("epay_v1", 1250, "KWD", "payments.wrong.currency")]
    [InlineData("epay_v2", 1250, "KWD", "payments.wrong.currency")]
    [InlineData("epay_v1", 1250, "USD", null)]
    [InlineData("stripe", 1250, "USD", null)]
    [InlineData("stripe", 1250, "UGX", "payments.wrong.currency")]
    [InlineData("stripe", 1250, "ISK", "payments.wrong.currency")]
    [InlineData("stripe", 1234, "KWD", "payments.wrong.step")]
    [InlineData("stripe", 50001, "MGA", "payments.wrong.step")]
    [InlineData("alipay", 1250, "USD", "payments.wrong.currency")]
    [InlineData("alipay", 1250, "CNY", null)]
    [InlineData("epusdt", 1250, "USD", "payments.wrong.currency")]
    [InlineData("epusdt", 99_999_999, "CNY", null)]
    [InlineData("epusdt", 100_000_000, "CNY", "payments.wrong.too_much")]
    [InlineData("bepusdt", 1_000_000, "JPY", "payments.wrong.too_much")]
    [InlineData("bepusdt", 999_999, "JPY", null)]
    [InlineData("bepusdt", 1250, "KRW", "payments.wrong.currency")]
    [InlineData("tokenpay", 1250, "EUR", null)]
    public void A_kind_says_what_it_cannot_ask_for(string kind, long amount, string currency, string? fault) =>
        Assert.Equal(fault, GatewayKinds.Find(kind)!.Unfit(Request with { Amount = amount, Currency = currency }));
}
