using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Licensing;

/// <summary>Keys over REST: what staff do, and what programs ask.</summary>
public static class KeysEndpoints
{
    private const string Filters = "status prefix plan batch q";
    private const string Note = """{"note":"one"}""";
    private const string Suspend = """{"action":"suspend"}""";
    private const string Extend = """{"action":"extend","seconds":60}""";
    private const string Generate = """{"plan":"{plan}","prefix":"BAD","count":1,"length":12,"note":"x"}""";
    private const string Import = """{"plan":"{plan}","content":"{new_key}","format":"txt","note":"x","dry_run":false,"skip_faults":false}""";
    private const string Validate = """{"code":"{unused}","machine_code":"machine-2"}""";
    private const string Release = """{"code":"{releasable}","machine_code":"machine-1"}""";
    private static readonly string[] Found = ["?q={unused}", "?plan={plan}", "?batch={batch}", "?status=unused", "?prefix=VIP"];

    private static readonly EndpointRow[] OfStaff =
    [
        new("GET", "/api/batches", LicensingPermissions.KeysRead) { Query = "q after limit", Shows = ["batch"] },
        new("GET", "/api/statistics/keys", LicensingPermissions.StatisticsRead) { Shows = ["sold_plan"] },
        new("GET", "/api/keys", LicensingPermissions.KeysRead) { Query = Filters + " after limit", Shows = ["unused"], Finds = Found },
        new("GET", "/api/keys/export", LicensingPermissions.KeysRead) { Query = Filters + " format", Type = "text/plain", Shows = ["unused"], Finds = [.. Found, "?format=csv", "?format=jsonl"] },
        new("GET", "/api/keys/{key}", LicensingPermissions.KeysRead) { Path = "/api/keys/{active}" },
        new("POST", "/api/keys/generate", LicensingPermissions.KeysWrite)
        {
            Json = Generate, Optional = "prefix count length note", Once = true, Races =
            [
                new(Post("/api/keys/generate", Generate), Delete("/api/plans/{plan}")),
                new(Post("/api/keys/generate", Generate.Replace("{plan}", "{sold_plan}", StringComparison.Ordinal)), Delete("/api/plans/{sold_plan}")),
            ],
        },
        new("POST", "/api/keys/import", LicensingPermissions.KeysWrite)
        {
            Json = Import, Optional = "format note dry_run skip_faults", Once = true, Races = [new(Post("/api/keys/import", Import), Post("/api/keys/import", Import))],
        },
        new("POST", "/api/keys/bulk", LicensingPermissions.KeysWrite)
        {
            Json = """{"action":"note","keys":["{active}"],"note":"x","reason":"y"}""", Optional = "keys note reason", Once = true,
            Races =
            [
                new(Bulk("suspend", ""), Bulk("suspend", "")),
                new(Bulk("revoke", ""), Bulk("extend", ""","seconds":60""")),
                new(Bulk("plan", ""","plan":"{plan2}" """), Patch("/api/keys/{active}", Note)),
                new(Bulk("note", ""","note":"many" """), Patch("/api/keys/{active2}", Extend)),
                new(Bulk("unbind", ""), Patch("/api/keys/{active}", """{"action":"reset","reason":"sold again"}""")),
                new(Bulk("prefix", ""","prefix":"NEW" """), Patch("/api/keys/{active}", Note)),
                new(Post("/api/keys/bulk", """{"action":"suspend","filter":{"status":"active"}}"""), Patch("/api/keys/{active}", """{"action":"revoke"}""")),
            ],
        },
        new("PATCH", "/api/keys/{key}", LicensingPermissions.KeysWrite)
        {
            Path = "/api/keys/{active}", Json = """{"note":"x","reason":"y"}""", Optional = "note reason",
            Races =
            [
                new(Patch("/api/keys/{active}", Note), Patch("/api/keys/{active}", Suspend)),
                new(Patch("/api/keys/{active}", Note), Patch("/api/keys/{active}", """{"plan":"{plan2}"}""")),
                new(Patch("/api/keys/{active}", Note), Patch("/api/keys/{active}", """{"prefix":"NEW"}""")),
                new(Patch("/api/keys/{active}", Note), Patch("/api/keys/{active}", """{"note":"two"}""")),
                new(Patch("/api/keys/{active}", Suspend), Patch("/api/keys/{active}", Suspend)),
                new(Patch("/api/keys/{active}", Extend), Patch("/api/keys/{active}", Extend)),
                new(Patch("/api/keys/{active}", Extend), Patch("/api/keys/{active}", """{"action":"revoke"}""")),
                new(Patch("/api/keys/{active}", Suspend), Patch("/api/keys/{active}", """{"action":"reset","reason":"sold again"}""")),
                new(Patch("/api/keys/{active}", """{"action":"unbind"}"""), Patch("/api/keys/{active}", """{"action":"unbind"}""")),
                new(Patch("/api/keys/{suspended}", """{"action":"reinstate"}"""), Patch("/api/keys/{suspended}", """{"action":"revoke"}""")),
                new(Patch("/api/keys/{active}", """{"plan":"{plan2}"}"""), Delete("/api/plans/{plan2}")),
                new(Patch("/api/keys/{unused}", """{"prefix":"NEW"}"""), Patch("/api/keys/{unused}", """{"prefix":"OTHER"}""")),
            ],
        },
        new("DELETE", "/api/keys/{key}", LicensingPermissions.KeysWrite)
        {
            Path = "/api/keys/{unused}",
            Races =
            [
                new(Delete("/api/keys/{unused}"), Patch("/api/keys/{unused}", Note)),
                new(Delete("/api/keys/{unused}"), Post("/api/validate", Validate)),
            ],
        },
    ];

    private static readonly EndpointRow[] OfPrograms =
    [
        new("GET", "/api/public-key", Open),
        new("GET", "/api/status/{code}", Open) { Path = "/api/status/{unused}", Query = "challenge nonce" },
        new("POST", "/api/validate", Open)
        {
            Json = """{"code":"{unused}","machine_code":"machine-1","nonce":"0123456789abcdef","product":"Default","challenge":{"id":"{new_challenge}","nonce":null}}""", Optional = "nonce product challenge",
            Races =
            [
                new(Post("/api/validate", Validate), Patch("/api/keys/{unused}", Suspend)),
                new(Post("/api/validate", Validate), Patch("/api/keys/{unused}", """{"plan":"{plan2}"}""")),
                new(Post("/api/validate", """{"code":"{active}","machine_code":"machine-2"}"""), Patch("/api/keys/{active}", """{"action":"unbind"}""")),
            ],
        },
        new("POST", "/api/release", Open)
        {
            Json = """{"code":"{releasable}","machine_code":"machine-1","challenge":{"id":"{new_challenge}","nonce":null}}""", Optional = "challenge",
            Races =
            [
                new(Post("/api/release", Release), Post("/api/release", Release)),
                new(Post("/api/release", Release), Patch("/api/keys/{releasable}", """{"action":"unbind"}""")),
                new(Post("/api/release", Release), Patch("/api/keys/{releasable}", Suspend)),
                new(Post("/api/release", Release), Post("/api/validate", """{"code":"{releasable}","machine_code":"machine-1"}""")),
            ],
        },
    ];

    public static readonly EndpointRow[] Rows = [.. OfStaff, .. OfPrograms];

    private static Act Bulk(string action, string more) => Post("/api/keys/bulk", $$"""{"action":"{{action}}","keys":["{active}","{active2}"]{{more}}}""");
}
