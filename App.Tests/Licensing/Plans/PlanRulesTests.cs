using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Licensing.Plans;

public sealed class PlanRulesTests
{
    private static readonly Plan Draft = new() { Name = "VIP" };

    private static IReadOnlyDictionary<string, Message> Wrong(Plan draft)
    {
        var refusal = Assert.Throws<Refusal>(() => Plan.Fields.Checked(draft));
        Assert.Equal((422, "VALIDATION_FAILED"), (refusal.Status, refusal.Code));
        return refusal.Fields;
    }

    [Fact]
    public void A_name_is_enough()
    {
        var draft = Plan.Fields.Checked(Draft);
        Assert.Equal((3 * 3600L, 1, 0, "", 86400, "{}", true, "software"),
            (draft.DurationSeconds, draft.MachineLimit, draft.Price, draft.Prefix, draft.OfflineGraceSeconds, draft.Entitlements, draft.Enabled, draft.Kind));
    }

    [Fact]
    public void Texts_are_trimmed_and_codes_raised()
    {
        var draft = Plan.Fields.Checked(Draft with { Name = " VIP ", Product = "  ", Currency = " usd ", Prefix = " vip ", Notes = " a\nb " });
        Assert.Equal(("VIP", "Default", "USD", "VIP", "a\nb"), (draft.Name, draft.Product, draft.Currency, draft.Prefix, draft.Notes));
    }

    [Fact]
    public void A_duration_is_a_second_to_a_hundred_years_or_for_ever()
    {
        Assert.Null(Plan.Fields.Checked(Draft with { DurationSeconds = null }).DurationSeconds);
        Assert.Equal(1, Plan.Fields.Checked(Draft with { DurationSeconds = 1 }).DurationSeconds);
        Assert.Equal(Plan.MaxDuration, Plan.Fields.Checked(Draft with { DurationSeconds = Plan.MaxDuration }).DurationSeconds);
        foreach (var seconds in new[] { 0, -1, Plan.MaxDuration + 1, long.MaxValue, long.MinValue })
            Assert.Contains("duration_seconds", Wrong(Draft with { DurationSeconds = seconds }).Keys);
    }

    public static TheoryData<string, Plan> Faults() => new()
    {
        { "name", Draft with { Name = "" } },
        { "name", Draft with { Name = "  " } },
        { "name", Draft with { Name = new string('x', 81) } },
        { "name", Draft with { Name = "a\nb" } },
        { "product", Draft with { Product = new string('x', 81) } },
        { "kind", Draft with { Kind = "Relay" } },
        { "servers_per_rental", Draft with { ServersPerRental = 0 } },
        { "device_limit", Draft with { DeviceLimit = 10_001 } },
        { "traffic_quota", Draft with { TrafficQuota = 0 } },
        { "traffic_reset", Draft with { TrafficReset = "weekly" } },
        { "at_quota", Draft with { AtQuota = "" } },
        { "slow_rate", Draft with { SlowRate = 10 } },
        { "rate_limit", Draft with { RateLimit = -1 } },
        { "regions", Draft with { Regions = """["sh","h k"]""" } },
        { "regions", Draft with { Regions = """{"sh":1}""" } },
        { "start", Draft with { Start = "later" } },
        { "start_within_seconds", Draft with { StartWithinSeconds = 0 } },
        { "capacity", Draft with { Capacity = -1 } },
        { "grace_seconds", Draft with { GraceSeconds = 91 * 86400 } },
        { "kind", Draft with { Kind = "Software" } },
        { "price", Draft with { Price = -1 } },
        { "price", Draft with { Price = long.MaxValue } },
        { "currency", Draft with { Currency = "" } },
        { "currency", Draft with { Currency = "YUAN" } },
        { "currency", Draft with { Currency = "C1Y" } },
        { "currency", Draft with { Currency = "元" } },
        { "machine_limit", Draft with { MachineLimit = 0 } },
        { "machine_limit", Draft with { MachineLimit = 100_001 } },
        { "releases_per_month", Draft with { ReleasesPerMonth = -1 } },
        { "releases_per_month", Draft with { ReleasesPerMonth = 1001 } },
        { "release_wait_seconds", Draft with { ReleaseWaitSeconds = 30 * 86400 + 1 } },
        { "machine_code_rule", Draft with { MachineCodeRule = "" } },
        { "machine_code_rule", Draft with { MachineCodeRule = "UUID" } },
        { "prefix", Draft with { Prefix = "A B" } },
        { "offline_grace_seconds", Draft with { OfflineGraceSeconds = -1 } },
        { "offline_grace_seconds", Draft with { OfflineGraceSeconds = long.MaxValue } },
        { "notes", Draft with { Notes = new string('x', 2001) } },
        { "notes", Draft with { Notes = "\u0000" } },
    };

    [Theory, MemberData(nameof(Faults))]
    public void What_cannot_be_is_told_by_field(string field, Plan draft) => Assert.Equal([field], Wrong(draft).Keys);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"beta":true,"seats":10,"rate":1.5,"channel":"stable","名称":"值"}""")]
    public void Entitlements_are_true_false_numbers_and_text(string json) => Plan.Fields.Checked(Draft with { Entitlements = json });

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"a":null}""")]
    [InlineData("""{"a":{}}""")]
    [InlineData("""{"a":[1]}""")]
    [InlineData("""{"":1}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a\u0000":1}""")]
    [InlineData("{\"a\":1} x")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    public void Other_entitlements_are_refused(string json) => Assert.Equal(["entitlements"], Wrong(Draft with { Entitlements = json }).Keys);

    [Fact]
    public void Entitlements_have_their_limits()
    {
        Assert.Contains("entitlements", Wrong(Draft with { Entitlements = $$"""{"{{new string('n', 81)}}":1}""" }).Keys);
        Assert.Contains("entitlements", Wrong(Draft with { Entitlements = $$"""{"n":"{{new string('v', 8000)}}"}""" }).Keys);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once() => Assert.Equal(["currency", "machine_limit", "name", "price"],
        Wrong(new Plan { Name = "", Price = -1, MachineLimit = 0, Currency = "?" }).Keys.Order());
}
