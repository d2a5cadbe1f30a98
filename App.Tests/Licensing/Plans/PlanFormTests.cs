using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>What a plan's form makes of what people type, exactly.</summary>
public sealed class PlanFormTests
{
    private static FormValues Typed(params (string Name, string Value)[] fields)
    {
        var form = new Dictionary<string, StringValues>
        {
            ["name"] = "VIP", ["duration"] = "3", ["duration_unit"] = "hours", ["grace"] = "1", ["grace_unit"] = "days", ["currency"] = "CNY", ["machine_limit"] = "1", ["enabled"] = "true",
        };
        foreach (var field in fields.GroupBy(f => f.Name))
            form[field.Key] = new StringValues([.. field.Select(f => f.Value)]);
        return new FormValues(new FormCollection(form));
    }

    private static Plan Made(params (string, string)[] fields) => Plan.Fields.FromForm(new Plan(), Typed(fields));

    private static IReadOnlyDictionary<string, Message> Wrong(params (string, string)[] fields) => Assert.Throws<Refusal>(() => Made(fields)).Fields;

    [Theory]
    [InlineData("45", "minutes", 45 * 60L)]
    [InlineData(" 3 ", "hours", 3 * 3600L)]
    [InlineData("1", "months", 30 * 86400L)]
    [InlineData("2", "years", 730 * 86400L)]
    [InlineData("5", "seconds", 5L)]
    [InlineData("", "perpetual", null)]
    [InlineData("7", "perpetual", null)]
    public void A_duration_is_exact_to_the_second(string number, string unit, long? seconds) =>
        Assert.Equal(seconds, Made(("duration", number), ("duration_unit", unit)).DurationSeconds);

    [Theory]
    [InlineData("", "hours", "field.required")]
    [InlineData("1.5", "hours", "field.whole_number")]
    [InlineData("-1", "hours", "field.whole_number")]
    [InlineData("1e3", "hours", "field.whole_number")]
    [InlineData("9999999999999999999", "hours", "field.whole_number")]
    [InlineData("9223372036854775807", "years", "field.whole_number")]
    [InlineData("1", "fortnights", "field.whole_number")]
    [InlineData("0", "hours", "field.range")]
    [InlineData("101", "years", "field.range")]
    public void A_duration_that_is_none_is_told(string number, string unit, string complaint) =>
        Assert.Equal(complaint, Wrong(("duration", number), ("duration_unit", unit))["duration_seconds"].Key);

    [Theory]
    [InlineData(null, "", "perpetual")]
    [InlineData(0L, "0", "days")]
    [InlineData(1L, "1", "seconds")]
    [InlineData(90L, "90", "seconds")]
    [InlineData(5400L, "90", "minutes")]
    [InlineData(3 * 3600L, "3", "hours")]
    [InlineData(30 * 86400L, "30", "days")]
    [InlineData(365 * 86400L, "1", "years")]
    [InlineData(366 * 86400L, "366", "days")]
    public void A_span_is_shown_in_the_unit_that_measures_it_and_comes_back_the_same(long? seconds, string number, string unit)
    {
        var amount = TimeAmount.Of(seconds);
        Assert.Equal(new TimeAmount(number, unit), amount);
        Assert.Equal(seconds, amount.Seconds());
    }

    [Theory]
    [InlineData("9.9", "CNY", 990)]
    [InlineData("9,90", "EUR", 990)]
    [InlineData("0.01", "USD", 1)]
    [InlineData("1000", "JPY", 1000)]
    [InlineData("1000.0", "KRW", 1000)]
    [InlineData("1.234", "KWD", 1234)]
    [InlineData("1.230000", "USD", 123)]
    [InlineData("", "USD", 0)]
    [InlineData(" 5. ", "USD", 500)]
    [InlineData("9999999999999", "USD", 999_999_999_999_900)]
    public void A_price_is_exact_in_minor_units(string typed, string currency, long minor) => Assert.Equal(minor, Money.Parse(typed, currency));

    [Theory]
    [InlineData("9.999", "CNY")]
    [InlineData("0.5", "JPY")]
    [InlineData("-1", "USD")]
    [InlineData("1e3", "USD")]
    [InlineData("1,000.00", "USD")]
    [InlineData("¥5", "CNY")]
    [InlineData("٣", "USD")]
    [InlineData("99999999999999", "USD")]
    public void A_price_that_is_none_is_told(string typed, string currency)
    {
        Assert.Null(Money.Parse(typed, currency));
        Assert.Contains("price", Wrong(("price", typed), ("currency", currency)).Keys);
    }

    [Theory]
    [InlineData(3_842_000, "CNY", "¥38,420", "38420.00")]
    [InlineData(990, "USD", "$9.90", "9.90")]
    [InlineData(1000, "JPY", "JPY\u00a01,000", "1000")]
    [InlineData(1000, "KRW", "₩1,000", "1000")]
    [InlineData(1234, "KWD", "KWD\u00a01.234", "1.234")]
    [InlineData(5, "THB", "THB\u00a00.05", "0.05")]
    [InlineData(0, "EUR", "€0", "0.00")]
    public void An_amount_is_shown_and_typed_back(long minor, string currency, string shown, string plain)
    {
        Assert.Equal(shown, Money.Format(minor, currency));
        Assert.Equal(minor == 0 ? shown : "−" + shown, Money.Format(-minor, currency));
        Assert.Equal(plain, Money.Plain(minor, currency));
        Assert.Equal(minor, Money.Parse(plain, currency));
    }

    [Fact]
    public void Rows_become_an_object_of_what_they_look_like()
    {
        (string, string)[] rows =
        [
            ("entitlement", " beta "), ("entitlement_value", " true "), ("entitlement", "seats"), ("entitlement_value", "10"), ("entitlement", "rate"), ("entitlement_value", "-1.50"),
            ("entitlement", ""), ("entitlement_value", ""), ("entitlement", "zip"), ("entitlement_value", "\"0042\""), ("entitlement", "lead"), ("entitlement_value", "007"),
            ("entitlement", "html"), ("entitlement_value", "<b>\"x\\"), ("entitlement", "空"), ("entitlement_value", ""),
        ];
        var json = Made(rows).Entitlements;
        using var parsed = System.Text.Json.JsonDocument.Parse(json);
        var root = parsed.RootElement;
        Assert.True(root.GetProperty("beta").GetBoolean());
        Assert.Equal(10, root.GetProperty("seats").GetInt64());
        Assert.Equal("-1.50", root.GetProperty("rate").GetRawText());
        Assert.Equal("0042", root.GetProperty("zip").GetString());
        Assert.Equal("007", root.GetProperty("lead").GetString());
        Assert.Equal("<b>\"x\\", root.GetProperty("html").GetString());
        Assert.Equal("", root.GetProperty("空").GetString());
        Assert.Equal(7, root.EnumerateObject().Count());
    }

    [Theory]
    [InlineData("""{"a":true,"b":"true","c":10,"d":"10","e":1e3,"f":" x ","g":"\"q\"","h":"x\ny","i":"","j":"-0.5","k":-0.5,"l":"\\"}""")]
    public void What_is_shown_comes_back_the_same(string json)
    {
        var rows = Entitlements.Rows(json);
        var check = new FieldChecks();
        var back = Entitlements.Json(check, rows);
        Assert.False(check.Any);
        using var before = System.Text.Json.JsonDocument.Parse(json);
        using var after = System.Text.Json.JsonDocument.Parse(back);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(before.RootElement, after.RootElement), back);
    }

    [Fact]
    public void Quotes_around_half_a_character_are_a_text_of_their_own()
    {
        using var parsed = System.Text.Json.JsonDocument.Parse(Made(("entitlement", "a"), ("entitlement_value", "\"\\ud800\"")).Entitlements);
        Assert.Equal("\"\\ud800\"", parsed.RootElement.GetProperty("a").GetString());
    }

    [Fact]
    public void A_value_without_a_name_and_a_name_twice_are_told()
    {
        Assert.Equal("field.entitlement_name", Wrong(("entitlement", ""), ("entitlement_value", "1"))["entitlements"].Key);
        Assert.Equal("field.entitlement_twice", Wrong(("entitlement", "a"), ("entitlement_value", "1"), ("entitlement", " a"), ("entitlement_value", "2"))["entitlements"].Key);
        Assert.Equal("field.too_long", Wrong(("entitlement", new string('n', 81)), ("entitlement_value", "1"))["entitlements"].Key);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once() => Assert.Equal(["duration_seconds", "machine_limit", "name", "offline_grace_seconds", "prefix", "price"],
        Wrong(("name", ""), ("duration", "x"), ("price", "x"), ("machine_limit", "many"), ("prefix", "-"), ("grace", "")).Keys.Order());

    [Fact]
    public void A_box_that_is_not_ticked_switches_off()
    {
        Assert.True(Made().Enabled);
        Assert.False(Made(("enabled", "")).Enabled);
    }
}
