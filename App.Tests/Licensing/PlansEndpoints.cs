using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Licensing;

/// <summary>Plans, over REST and as pages.</summary>
public static class PlansEndpoints
{
    private const string Pixel = Accounts.TenantsEndpoints.Pixel;

    private const string Form =
        "name={new_word}&product=Default&duration=30&duration_unit=days&price=19.90&currency=CNY&machine_limit=1&machine_code_rule=uuid&prefix=VIP&grace=1&grace_unit=days&releases_per_month=0&release_wait=1&release_wait_unit=days&notes=typed&enabled=true";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/plans", LicensingPermissions.PlansRead) { Query = "q retired after limit", Shows = ["plan"] },
        new("POST", "/api/plans", LicensingPermissions.PlansWrite)
        {
            Json = """{"name":"{new_word}","product":"Default","kind":"software","duration_seconds":3600,"price":100,"currency":"CNY","machine_limit":1,"machine_code_rule":"all","prefix":"BAD","offline_grace_seconds":60,"entitlements":{"pro":true},"notes":"x","enabled":true}""",
            Optional = "product kind duration_seconds price currency machine_limit machine_code_rule prefix offline_grace_seconds entitlements notes enabled", Status = 201, Once = true,
        },
        new("GET", "/api/plans/{id}", LicensingPermissions.PlansRead) { Path = "/api/plans/{plan}" },
        new("PATCH", "/api/plans/{id}", LicensingPermissions.PlansWrite)
        {
            Path = "/api/plans/{plan}", Json = """{"name":"{new_word}","price":100,"machine_limit":2,"notes":"x","enabled":true,"duration_seconds":60}""",
            Optional = "name price machine_limit notes enabled duration_seconds",
            Races =
            [
                new(Patch("/api/plans/{plan}", """{"notes":"one"}"""), Patch("/api/plans/{plan}", """{"price":2}""")),
                new(Patch("/api/plans/{plan}", """{"enabled":false}"""), Patch("/api/plans/{plan}", """{"entitlements":{"beta":true}}""")),
                new(Patch("/api/plans/{plan}", """{"name":"Same"}"""), Patch("/api/plans/{plan2}", """{"name":"Same"}""")),
            ],
        },
        new("DELETE", "/api/plans/{id}", LicensingPermissions.PlansWrite)
        {
            Path = "/api/plans/{plan}",
            Races =
            [
                new(Delete("/api/plans/{sold_plan}"), Patch("/api/plans/{sold_plan}", """{"enabled":true,"notes":"one"}""")),
                new(Delete("/api/plans/{plan}"), Patch("/api/plans/{plan}", """{"notes":"one"}""")),
                new(Delete("/api/plans/{sold_plan}"), Delete("/api/plans/{sold_plan}")),
            ],
        },
        new("GET", "/admin/plans", LicensingPermissions.PlansRead) { Query = "q retired after made", Shows = ["plan"] },
        new("GET", "/admin/plans/new", LicensingPermissions.PlansWrite) { Query = "from kind" },
        new("POST", "/admin/plans/new", LicensingPermissions.PlansWrite) { Form = Form },
        new("GET", "/admin/plans/{id}", LicensingPermissions.PlansRead) { Path = "/admin/plans/{plan}" },
        new("POST", "/admin/plans/{id}", LicensingPermissions.PlansWrite)
        {
            Path = "/admin/plans/{plan}", Form = Form,
            Races =
            [
                new(Page("/admin/plans/{plan}", Form), Patch("/api/plans/{plan}", """{"price":2}""")),
                new(Page("/admin/plans/{sold_plan}", Form), Delete("/api/plans/{sold_plan}")),
            ],
        },
        new("GET", "/pictures/{name}", EndpointRow.Open) { Path = "/pictures/{plan_picture}", Type = "image/png" },
        new("PUT", "/api/plans/{id}/picture", LicensingPermissions.PlansWrite)
        {
            Path = "/api/plans/{plan}/picture", Json = $$"""{"picture":"{{Pixel}}"}""", Optional = "picture",
            Races = [new(new Act("PUT", "/api/plans/{plan}/picture", $$"""{"picture":"{{Pixel}}"}"""), Patch("/api/plans/{plan}", """{"notes":"one"}"""))],
        },
        new("POST", "/admin/plans/{id}/picture", LicensingPermissions.PlansWrite)
        {
            Path = "/admin/plans/{plan}/picture", Form = "picture=" + Pixel, Races = [new(Page("/admin/plans/{plan}/picture", "picture=" + Pixel), Patch("/api/plans/{plan}", """{"notes":"one"}"""))],
        },
        new("POST", "/admin/plans/{id}/picture/remove", LicensingPermissions.PlansWrite)
        {
            Path = "/admin/plans/{plan}/picture/remove", Races = [new(Page("/admin/plans/{plan}/picture/remove"), Patch("/api/plans/{plan}", """{"notes":"one"}"""))],
        },
        new("POST", "/admin/plans/{id}/remove", LicensingPermissions.PlansWrite)
        {
            Path = "/admin/plans/{plan}/remove",
            Races = [new(Page("/admin/plans/{sold_plan}/remove"), Patch("/api/plans/{sold_plan}", """{"enabled":true,"notes":"one"}"""))],
        },

        new("GET", "/api/plans/{id}/notes", LicensingPermissions.PlansRead) { Path = "/api/plans/{plan}/notes", Query = "after limit" },
        new("POST", "/api/plans/{id}/notes", LicensingPermissions.PlansNote)
        {
            Path = "/api/plans/{plan}/notes", Json = """{"text":"Sold by Wei"}""", Status = 201, Once = true,
            Races = [new(Post("/api/plans/{plan}/notes", """{"text":"Sold by Wei"}"""), Delete("/api/plans/{plan}"))],
        },
        new("DELETE", "/api/plans/{id}/notes/{note}", LicensingPermissions.PlansNote)
        {
            Path = "/api/plans/{plan}/notes/{note}", Races = [new(Delete("/api/plans/{plan}/notes/{note}"), Delete("/api/plans/{plan}/notes/{note}"))],
        },
        new("POST", "/admin/plans/{id}/notes", LicensingPermissions.PlansNote)
        {
            Path = "/admin/plans/{plan}/notes", Form = "text=Sold by Wei", Races = [new(Page("/admin/plans/{plan}/notes", "text=Sold by Wei"), Page("/admin/plans/{plan}/remove"))],
        },
        new("POST", "/admin/plans/{id}/notes/{note}/remove", LicensingPermissions.PlansNote)
        {
            Path = "/admin/plans/{plan}/notes/{note}/remove", Races = [new(Page("/admin/plans/{plan}/notes/{note}/remove"), Delete("/api/plans/{plan}/notes/{note}"))],
        },
    ];
}
