using Gatehouse.Billing.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Billing;

/// <summary>Coupons, over REST and as pages.</summary>
public static class CouponRows
{
    private const string Api = "/api/coupons/{coupon}", Admin = "/admin/coupons/{coupon}";
    private const string Codes = """{"count":2,"prefix":"VIP"}""";
    private const string Form = "code={new_coupon_code}&name=Spring&off=12&off_unit=percent&minimum=10.00&currency=CNY&starts_at=&ends_at=&total_limit=5&person_limit=1&plans=&shop_groups=Cards,VIP&enabled=true";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/coupons", BillingPermissions.CouponsRead) { Query = "q after limit", Shows = ["coupon"], Finds = ["?q={coupon_code}"] },
        new("POST", "/api/coupons", BillingPermissions.CouponsWrite)
        {
            Json = """{"code":"{new_coupon_code}","name":"{new_word}","percent":15,"currency":"CNY","plans":["{plan}"],"shop_groups":["Cards"],"minimum":0,"total_limit":5,"person_limit":1,"first_order":false,"stackable":true,"enabled":true}""",
            Optional = "code name currency plans shop_groups minimum total_limit person_limit first_order stackable enabled", Status = 201, Once = true,
            Races = [new(Post("/api/coupons", """{"code":"{new_coupon_code}","percent":10}"""), Post("/api/coupons", """{"code":"{new_coupon_code}","percent":20}"""))],
        },
        new("GET", "/api/coupons/{id}", BillingPermissions.CouponsRead) { Path = Api },
        new("PATCH", "/api/coupons/{id}", BillingPermissions.CouponsWrite)
        {
            Path = Api, Json = """{"name":"{new_word}","enabled":false,"ends_at":"2027-03-05T08:00:00Z"}""", Optional = "name enabled ends_at",
            Races = [new(Patch(Api, """{"name":"One"}"""), Patch(Api, """{"total_limit":7}""")), new(Patch(Api, """{"code":"{new_coupon_code}"}"""), Patch(Api, """{"percent":30}"""))],
        },
        new("DELETE", "/api/coupons/{id}", BillingPermissions.CouponsWrite)
        {
            Path = Api, Races = [new(Delete(Api), Patch(Api, """{"enabled":false}""")), new(Delete(Api), Post(Api + "/codes", Codes)), new(Delete(Api), Delete(Api))],
        },
        new("GET", "/api/coupons/{id}/codes", BillingPermissions.CouponsRead) { Path = Api + "/codes", Query = "after limit" },
        new("POST", "/api/coupons/{id}/codes", BillingPermissions.CouponsWrite) { Path = Api + "/codes", Json = Codes, Optional = "prefix", Status = 201, Once = true, Races = [new(Post(Api + "/codes", Codes), Patch(Api, """{"name":"Two"}"""))] },
        new("GET", "/api/coupons/{id}/uses", BillingPermissions.CouponsRead) { Path = Api + "/uses", Query = "after limit" },
        new("GET", "/admin/coupons", BillingPermissions.CouponsRead) { Query = "q after", Shows = ["coupon"], Finds = ["?q={coupon_code}"] },
        new("GET", "/admin/coupons/new", BillingPermissions.CouponsWrite) { Path = "/admin/coupons/new?from={coupon}", Query = "from" },
        new("POST", "/admin/coupons/new", BillingPermissions.CouponsWrite) { Form = Form },
        new("GET", "/admin/coupons/{id}", BillingPermissions.CouponsRead) { Path = Admin },
        new("POST", "/admin/coupons/{id}", BillingPermissions.CouponsWrite) { Path = Admin, Form = Form, Races = [new(Page(Admin, Form), Delete(Api))] },
        new("POST", "/admin/coupons/{id}/codes", BillingPermissions.CouponsWrite) { Path = Admin + "/codes", Form = "count=3&prefix=", Races = [new(Page(Admin + "/codes", "count=3&prefix="), Patch(Api, """{"enabled":false}"""))] },
        new("POST", "/admin/coupons/{id}/remove", BillingPermissions.CouponsWrite) { Path = Admin + "/remove", Races = [new(Page(Admin + "/remove"), Patch(Api, """{"percent":20}"""))] },
        new("GET", "/admin/coupons/{id}/uses", BillingPermissions.CouponsRead) { Path = Admin + "/uses", Query = "after" },
        new("GET", "/admin/coupons/{id}/codes.csv", BillingPermissions.CouponsRead) { Path = Admin + "/codes.csv", Type = "text/csv" },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["new_coupon_code"] = t => Task.FromResult(t.Unique("CODE").ToUpperInvariant()),
        ["coupon_code"] = t => Task.FromResult(t.Unique("COUPON").ToUpperInvariant()),
        ["coupon"] = async t => (string)(await t.Owner.PostApi("/api/coupons", new { code = await t.Get("coupon_code"), percent = 10 }))["coupon"]!["id"]!,
    };
}
