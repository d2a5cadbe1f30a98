using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>What is declared of a plan goes everywhere and comes back the same: a body, the form, the columns, the audit log.</summary>
public sealed class PlanFieldsTests
{
    private static readonly Plan Full = new()
    {
        Name = "Full", Product = "Photon", DurationSeconds = 90_061, Price = 1234, Currency = "KWD", MachineLimit = 7, MachineCodeRule = "all", Prefix = "O-D", OfflineGraceSeconds = 60, ReleasesPerMonth = 3, ReleaseWaitSeconds = 90,
        Entitlements = """{"a":true,"b":"true","c":1.50}""", Notes = "one\ntwo", Enabled = false,
    };

    private static readonly Plan Other = new()
    {
        Name = "Other", Product = "Atlas", DurationSeconds = null, Price = 5, Currency = "JPY", MachineLimit = 2, MachineCodeRule = "exact", Prefix = "", OfflineGraceSeconds = 0, Notes = "n",
    };

    private static Func<Plan, Plan> Change(JsonObject body) => Plan.Fields.Change(new DefaultHttpContext(), Encoding.UTF8.GetBytes(body.ToJsonString()));

    [Fact]
    public void A_body_of_all_fields_makes_the_plan_and_one_of_one_field_changes_that_alone()
    {
        Assert.Equal(Full, Change(Sample.Body(Plan.Fields, Full))(new Plan()));
        foreach (var (name, value) in Sample.Body(Plan.Fields, Full))
        {
            var (before, after) = (JsonNode.Parse(Plan.Fields.Json(Other))!, JsonNode.Parse(Plan.Fields.Json(Change(new() { [name] = value?.DeepClone() })(Other)))!);
            Assert.True(JsonNode.DeepEquals(value, after[name]), name);
            before[name] = value?.DeepClone();
            Assert.Equal(before.ToJsonString(), after.ToJsonString());
        }
    }

    [Fact]
    public void Every_member_that_is_unknown_or_of_another_type_is_told_at_once()
    {
        JsonObject body = new() { ["name"] = 1, ["colour"] = "red", ["id"] = "x", ["created_at"] = "x", ["in_use"] = true, ["price"] = "9", ["duration_seconds"] = 1.5, ["enabled"] = "true", ["currency"] = null };
        var wrong = Assert.Throws<Refusal>(() => Change(body)).Fields;
        Assert.Equal(["colour", "created_at", "id", "in_use"], wrong.Where(w => w.Value.Key == "field.unknown").Select(w => w.Key).Order());
        Assert.Equal(["duration_seconds", "enabled", "name", "price"], wrong.Where(w => w.Value.Key == "field.wrong_type").Select(w => w.Key).Order());
        Assert.Equal(8, wrong.Count);
    }

    [Fact]
    public void The_form_shows_all_and_takes_it_back_the_same()
    {
        foreach (var plan in new[] { Full, Other, new Plan { Name = "Card" } })
            Assert.Equal(plan, Plan.Fields.FromForm(new Plan(), Plan.Fields.ToForm(plan)));
        // What a form does not have stays as it is; a box that is not ticked is not sent.
        Assert.Equal(Full, Plan.Fields.FromForm(Full with { Enabled = true }, new FormValues()));
    }

    [Theory, BothEngines]
    public async Task All_is_stored_and_read_again_and_the_audit_log_tells_it(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plans = shop.Get<PlanService>();
        var made = await shop.Db.Write(s => plans.Create(s, Shop.Staff, Full));
        Assert.Equal(Full with { Id = made.Id, ProductId = made.ProductId, CreatedAt = shop.Now, UpdatedAt = shop.Now }, made);
        Assert.Equal(made, await shop.Db.Read(s => plans.Get(s, Shop.Staff.TenantId, made.Id)));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        var changed = await shop.Db.Write(s => plans.Update(s, Shop.Staff, made.Id, Change(Sample.Body(Plan.Fields, Other))));
        Assert.Equal(Other with { Id = made.Id, ProductId = changed.ProductId, CreatedAt = made.CreatedAt, UpdatedAt = shop.Now }, changed);
        Assert.Equal(changed, await shop.Db.Read(s => plans.Get(s, Shop.Staff.TenantId, made.Id)));
        var (before, after) = await shop.Db.Read(s => s.One("SELECT before_json, after_json FROM audit_entries WHERE action = 'plan.changed'", r => (r.GetString(0), r.GetString(1))));
        Assert.Equal((Plan.Fields.Json(made), Plan.Fields.Json(changed)), (before, after));
    }

    [Fact]
    public async Task Every_column_of_the_table_is_a_field()
    {
        await using var shop = await Shop.Open();
        var columns = await shop.Db.Read(s => s.All("SELECT name FROM pragma_table_info('plans')", r => r.GetString(0)));
        Assert.Equal(columns.Order(), Plan.Fields.All.Where(f => f.Sql == "p." + f.Name).Select(f => f.Name).Append("tenant_id").Order());
    }
}
