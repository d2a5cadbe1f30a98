using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Licensing;

/// <summary>The pages of keys, for staff and for whoever holds one.</summary>
public static class KeyPagesEndpoints
{
    private const string Filters = "status prefix plan batch q";
    private const string Import = "plan={plan}&note=x&content={new_key}&step=import";
    private const string Activate = "key={unused}&machine=machine-2";
    private static readonly string[] Found = ["?q={unused}", "?plan={plan}", "?batch={batch}", "?status=unused"];

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/admin", SignedIn),
        new("GET", "/admin/keys", LicensingPermissions.KeysRead) { Query = Filters + " after all", Shows = ["unused"], Finds = Found },
        new("GET", "/admin/keys/export", LicensingPermissions.KeysRead) { Query = Filters + " format", Type = "text/plain", Shows = ["unused"], Finds = Found },
        new("POST", "/admin/keys/export", LicensingPermissions.KeysRead) { Form = "format=txt&key={unused}", Status = 200, Type = "text/plain", Leaves = true, Stranger = 200 },
        new("GET", "/admin/keys/bulk", LicensingPermissions.KeysWrite) { Status = 303 },
        new("POST", "/admin/keys/bulk", LicensingPermissions.KeysWrite)
        {
            Form = "action=suspend&confirmed=1&key={active}",
            Races =
            [
                new(Page("/admin/keys/bulk", "action=suspend&confirmed=1&key={active}&key={active2}"), Page("/admin/keys/{active}/revoke")),
                new(Page("/admin/keys/bulk", "action=extend&confirmed=1&seconds=60&key={active}"), Page("/admin/keys/bulk", "action=extend&confirmed=1&seconds=60&key={active}")),
                new(Page("/admin/keys/bulk", "action=plan&confirmed=1&new_plan={plan2}&key={active}"), Page("/admin/keys/{active}/note", "note=one")),
            ],
        },
        new("GET", "/admin/keys/generate", LicensingPermissions.KeysWrite) { Query = "plan prefix count length note" },
        new("POST", "/admin/keys/generate", LicensingPermissions.KeysWrite) { Form = "run={new_run}&plan={plan}&prefix=VIP&count=1&length=12&note=x", Leaves = true },
        new("GET", "/admin/keys/generate/{run}", LicensingPermissions.KeysWrite) { Path = "/admin/keys/generate/{run}", Status = 303 },
        new("GET", "/admin/keys/import", LicensingPermissions.KeysWrite) { Query = "plan" },
        new("POST", "/admin/keys/import", LicensingPermissions.KeysWrite) { Form = Import, Races = [new(Page("/admin/keys/import", Import), Page("/admin/keys/import", Import))] },
        new("GET", "/admin/keys/{key}", LicensingPermissions.KeysRead) { Path = "/admin/keys/{active}" },
        new("GET", "/admin/keys/{key}/{action}", LicensingPermissions.KeysWrite) { Path = "/admin/keys/{active}/suspend" },
        new("POST", "/admin/keys/{key}/{action}", LicensingPermissions.KeysWrite)
        {
            Path = "/admin/keys/{active}/suspend",
            Races =
            [
                new(Page("/admin/keys/{active}/suspend"), Page("/admin/keys/{active}/note", "note=one")),
                new(Page("/admin/keys/{active}/extend", "seconds=60"), Page("/admin/keys/{active}/extend", "seconds=60")),
                new(Page("/admin/keys/{active}/revoke"), Page("/admin/keys/{active}/reset", "reason=sold again")),
                new(Page("/admin/keys/{suspended}/reinstate"), Page("/admin/keys/{suspended}/revoke")),
                new(Page("/admin/keys/{active}/unbind"), Page("/admin/keys/{active}/unbind")),
                new(Page("/admin/keys/{unused}/delete"), Page("/admin/keys/{unused}/plan", "new_plan={plan2}")),
                new(Page("/admin/keys/{unused}/prefix", "prefix=NEW"), Page("/admin/keys/{unused}/note", "note=one")),
            ],
        },

        new("GET", "/admin/batches", LicensingPermissions.KeysRead) { Query = "q after", Shows = ["batch"] },
        new("GET", "/admin/batches/{id}", LicensingPermissions.KeysRead) { Path = "/admin/batches/{batch}" },
        new("GET", "/admin/batches/{id}/print", LicensingPermissions.KeysRead) { Path = "/admin/batches/{batch}/print", Query = "after qr" },

        new("GET", "/activate", Open) { Query = "key code" },
        new("POST", "/activate", Open)
        {
            Form = "key={unused}&machine=machine-1", Status = 200,
            Races = [new(Page("/activate", Activate), Patch("/api/keys/{unused}", """{"action":"revoke"}"""))],
        },
        new("GET", "/status", Open) { Query = "key code" },
        new("POST", "/status", Open) { Form = "key={unused}", Status = 200, Leaves = true },
        new("POST", "/status/release", Open)
        {
            Form = "key={releasable}&machine=machine-1", Status = 200,
            Races = [new(Page("/status/release", "key={releasable}&machine=machine-1"), Patch("/api/keys/{releasable}", """{"action":"unbind"}"""))],
        },
    ];
}
