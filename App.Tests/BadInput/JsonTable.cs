namespace Gatehouse.Tests.BadInput;

/// <summary>A JSON endpoint with a body that it takes. <c>{plan}</c>, <c>{key}</c> ... stand for rows that exist.</summary>
/// <param name="Optional">Fields that may be left out or null.</param>
/// <param name="Free">Fields that take any JSON, or whose type depends on others.</param>
public sealed record JsonEndpoint(string Method, string Path, string Body, string Optional = "", string Free = "")
{
    public override string ToString() => $"{Method} {Path}";
}

/// <summary>Every endpoint that reads JSON. An endpoint without its row here fails a test.</summary>
public static class JsonTable
{
    public static readonly IReadOnlyList<JsonEndpoint> Endpoints =
    [
        new("POST", "/api/validate", """{"code":"{key}","machine_code":"machine-1"}"""),
        new("POST", "/api/plans",
            """{"name":"Bad input","product":"Default","kind":"software","duration_seconds":3600,"price":100,"currency":"CNY","machine_limit":1,"prefix":"BAD","offline_grace_seconds":60,"entitlements":{"pro":true},"notes":"x","enabled":true}""",
            "product kind duration_seconds price currency machine_limit prefix offline_grace_seconds entitlements notes enabled"),
        new("PATCH", "/api/plans/{plan}", """{"name":"Bad input 2","price":100,"machine_limit":2,"notes":"x","enabled":true,"duration_seconds":60}""",
            "name price machine_limit notes enabled duration_seconds"),
        new("POST", "/api/keys/generate", """{"plan":"{plan}","prefix":"BAD","count":1,"length":12,"note":"x"}""", "prefix count length note"),
        new("POST", "/api/keys/import", """{"plan":"{plan}","content":"BAD-ABCDEFGH2345","format":"txt","note":"x","dry_run":true}""", "format note dry_run"),
        new("POST", "/api/keys/bulk", """{"action":"note","keys":["{key}"],"note":"x","reason":"y"}""", "keys note reason"),
        new("PATCH", "/api/keys/{key}", """{"note":"x","reason":"y"}""", "note reason"),
        new("PATCH", "/api/jobs/keys.expire", """{"cron":"0 0 * * * ?"}""", "cron"),
        new("PATCH", "/api/settings", """{"site_name":"Gate","time_zone":"UTC","key_alphabet":"23456789ABCDEFGHJKMNPQRSTUVWXYZ","expiring_soon_days":7}""",
            "site_name time_zone key_alphabet expiring_soon_days"),
        new("POST", "/api/staff", """{"username":"bad.input","display_name":"Bad Input","role":"analyst","password":"a long password 1"}""", "display_name password"),
        new("PATCH", "/api/staff/{staff}", """{"display_name":"Bad Input","role":"analyst","disabled":false}""", "display_name role disabled"),
        new("POST", "/api/tokens", """{"name":"Bad input","role":"analyst","scopes":["keys.read"],"expires_at":"2030-01-01T00:00:00Z"}""", "scopes expires_at"),
        new("PATCH", "/api/tokens/{token}", """{"name":"Bad input","scopes":["keys.read"]}""", "name scopes"),
    ];

    /// <summary>What takes no body, or not JSON.</summary>
    public static readonly string[] Without = ["DELETE /api/plans/{id}", "DELETE /api/keys/{key}", "DELETE /api/staff/{id}", "DELETE /api/tokens/{id}", "POST /api/jobs/{name}/run"];
}
