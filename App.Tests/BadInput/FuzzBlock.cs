using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;

namespace Gatehouse.Tests.BadInput;

/// <summary>One request as it goes over the wire.</summary>
/// <param name="Last">It may lack something at its end: nothing can follow it on the connection.</param>
internal sealed record FuzzRequest(string Method, byte[] Bytes, bool Last)
{
    public override string ToString() => Encoding.Latin1.GetString(Bytes, 0, Math.Min(Bytes.Length, 1200)).Replace("\r\n", "\n");
}

/// <summary>Requests about the things of one tenant: each an endpoint's own sample, spoilt at random.</summary>
internal sealed class FuzzBlock(Site site, Things things, Things own, Visitor[] visitors, Random random)
{
    private static readonly string[] Fields =
    [
        "after", "limit", "q", "status", "prefix", "plan", "batch", "format", "return", "key", "code", "all", "retired", "made", "from", "to", "actor", "action", "target", "filter",
        "confirmed", "seconds", "amount", "unit", "note", "reason", "machine_code", "machine", "new_plan", "look", "step", "content", "file_name", "range", "state", "role", "token", "back", "success",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "0", "1", "-1", "00", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "3162240000", "true", "null", "NaN", "[]", "{}", "{\"a\":1}", "'; --",
        "中文", "/中文", "//evil.example", "/\\x", "/admin/keys?q=Ä", "\0", "a\0b", "\r\nSet-Cookie: x=y", "\u0001\u001b[31m", "\u200b\u202e\ufeff", "ＡＢＣ－１２", "Ärzte", "ΣΟΦΙΑ", "İ", "😀", "\u0085\u2028",
        "%", "%zz", "%00", "..", "../../etc/passwd", "0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31", "9999-12-31T23:59:59Z", "2026-13-45T99:99:99Z", "csv", "jsonl", "txt", "import", "extend",
        "prefix", "reset", "delete", "revoke", "plan", "note", "active", "expired", "owner", "analyst", "Asia/Shanghai", "0 0 * * * ?", "* * * * * *", "----------", "EXPORT", "\"", "key,note\nVIP-1,\"a\nb", "卡密\t状态\nA\tx",
        "key,used_at,status\nAB-12,0001-01-01,active", "eyJ4IjoxfQ", "AAAA", "MQ", "{0} {1:x}", "$argon2id$", new('x', 300), new('9', 40), new('é', 9000),
    ];

    private static readonly string[] Headers =
    [
        "Accept-Language", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Idempotency-Key", "Origin", "Sec-Fetch-Site", "User-Agent", "Authorization", "HX-Request", "X-CSRF", "X-Forwarded-For",
        "X-Forwarded-Proto", "Expect", "Accept", "Referer", "Cookie", "Content-Encoding", "X-HTTP-Method-Override", "Forwarded",
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=\"\"", "text/plain", "application/json; charset=utf-16",
        "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=nope", "application/x-www-form-urlencoded; charset=utf-16", ";;;", "json", "é",
    ];

    private static readonly string[] ChunkSizes = ["FFFFFFFF", "7FFFFFFF", "-1", "g", "", "0x10", "1;x=y", "FFFFFFFFFFFFFFFFFF"];

    public static async Task<FuzzBlock> Make(Site site, int seed)
    {
        var tenant = Site.TenantFor(defaults: false);
        var session = await site.Visitor(Role.Owner, tenant, api: false);
        Visitor[] visitors = [session, await site.Visitor(Role.Admin, tenant, api: true), await site.Visitor(null, tenant, api: false), await site.Customer(tenant)];
        var (things, own) = (await site.Things(tenant, session), await site.Things(tenant, visitors[3]));
        // A link of set-up costs the owner the role.
        things.Use("setup", "none");
        // All that the samples name, before anything is done to it.
        foreach (var row in EndpointCatalogue.Rows)
            await (row.IsCustomers ? own : things).Fill(row.Sample);
        return new FuzzBlock(site, things, own, visitors, new Random(seed));
    }

    public async Task<FuzzRequest> Request(EndpointRow row)
    {
        var act = await (row.IsCustomers ? own : things).Fill(row.Sample);
        // Mostly whoever is let in, or nothing behind the door would be reached.
        var visitor = visitors[random.Next(4) == 0 ? random.Next(visitors.Length) : row.IsCustomers ? 3 : row.IsOpen ? 2 : row.IsApi ? 1 : 0];
        var method = random.Next(20) == 0 ? Of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS") : row.Method;
        var lines = new List<string> { $"{method} {Address(row, act)} HTTP/1.1", $"Host: {site.Server.Address.Authority}" };
        var cookies = $"{Cookies.Visitor}={site.VisitorCookie}";
        if (visitor.Session is { } session)
            cookies += $"; {Cookies.Session}={session}";
        if (random.Next(8) == 0)
            cookies += $"; {Of("gh-toast", "gh-lang", "gh-theme", "gh-session", "gh-browser", "x")}={Of(Plain(Text()), "ok:" + Uri.EscapeDataString(Of(Stored)), Uri.EscapeDataString(Text()))}";
        lines.Add("Cookie: " + cookies);
        if (visitor.Token is { } token)
            lines.Add("Authorization: Bearer " + token);
        for (var i = random.Next(4) == 0 ? random.Next(4) : 0; i > 0; i--)
            lines.Add($"{Of(Headers)}: {Of(Plain(Text()), Bytes(Text()), "*", "gzip;q=x, br;q=-1", "zh;q=1e9,en", "bytes=-1", Uri.EscapeDataString(Text()))}");
        var (body, type) = method is "GET" or "HEAD" or "OPTIONS" && random.Next(10) > 0 ? (null, null) : Body(act, row, visitor);
        if (body is null)
            return Made(method, lines, [], false);
        if (!row.IsApi && random.Next(2) == 0)
            lines.Add("X-CSRF: " + site.CsrfOf(visitor));
        if (random.Next(12) > 0)
            lines.Add("Content-Type: " + Bytes(random.Next(15) == 0 ? Of(Types) : type!));
        switch (random.Next(25))
        {
            case 0:
                lines.Add("Transfer-Encoding: chunked");
                var size = Of(ChunkSizes);
                return Made(method, lines, Encoding.Latin1.GetBytes($"{size}\r\n{Encoding.Latin1.GetString(body)}\r\n0\r\n\r\n"), size == "7FFFFFFF");
            case 1:
                lines.Add("Transfer-Encoding: chunked");
                return Made(method, lines, [.. Encoding.ASCII.GetBytes($"{body.Length:X}\r\n"), .. body, .. body.Length == 0 ? "\r\n"u8 : "\r\n0\r\n\r\n"u8], false);
            case 2:
                lines.Add("Content-Length: " + (body.Length + random.Next(1, 50)));
                return Made(method, lines, body, true);
            default:
                lines.Add("Content-Length: " + body.Length);
                return Made(method, lines, body, false);
        }
    }

    private static readonly string[] Stored =
    [
        "x", "{\"key\":\"plans.made\",\"args\":[1,\"a\"]}", "{\"key\":\"\\ud83d\"}", "{\"key\":\"plans.made\",\"args\":[{\"time\":99999999999999999},{\"time\":-1},{\"key\":\"x\"}]}", "{\"key\":\"event.extended\",\"args\":[]}", "plans.made\u001f1\u001f{0}",
    ];

    private string Address(EndpointRow row, Act act)
    {
        var path = act.Path;
        if (row.Route.Contains('{') && random.Next(3) == 0)
            path = string.Join('/', row.Route.Split('/').Zip(act.Path.Split('?')[0].Split('/'), (r, p) => r.StartsWith('{') ? Typed() : p));
        var names = row.Query.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = random.Next(2) == 0 ? random.Next(4) : 0; i > 0; i--)
            path += $"{(path.Contains('?') ? '&' : '?')}{(names.Length > 0 && random.Next(4) > 0 ? Of(names) : Of(Fields))}={Typed()}";
        return path;
    }

    // Encoded well for the most part; else as nobody should send it.
    private string Typed() => random.Next(10) switch
    {
        0 => Plain(Text()).Replace(' ', '+'),
        1 => Of("%ff%fe", "%c0%80", "%ed%a0%80", "%", "%2", "%2e%2e%2f", "a%00b", "%0d%0a"),
        _ => Uri.EscapeDataString(Text()),
    };

    private (byte[], string) Body(Act act, EndpointRow row, Visitor visitor)
    {
        if (row.IsApi)
            return (random.Next(15) == 0 ? Garbage() : Encoding.UTF8.GetBytes(Json(act.Json)), "application/json");
        var fields = (act.Form ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=', 2)).Select(f => (Name: f[0], Value: f[1])).ToList();
        for (var i = 0; i < fields.Count; i++)
            if (random.Next(3) == 0)
                fields[i] = (fields[i].Name, Text());
        for (var i = random.Next(3); i > 0; i--)
            fields.Add((random.Next(4) == 0 ? Text() : Of(Fields), Text()));
        fields.Add((Csrf.Field, random.Next(20) == 0 ? Text() : site.CsrfOf(visitor)));
        if (random.Next(4) > 0)
            return (random.Next(30) == 0 ? Garbage() : Encoding.ASCII.GetBytes(string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Name)}={Uri.EscapeDataString(f.Value)}"))), "application/x-www-form-urlencoded");
        var parts = new StringBuilder();
        foreach (var (name, value) in fields)
            parts.Append($"--x\r\nContent-Disposition: form-data; name=\"{name.Replace("\"", "")}\"{(random.Next(8) == 0 ? $"; filename=\"{Of("keys.csv", "中.txt", "", "\0")}\"" : "")}\r\n{(random.Next(15) == 0 ? Text() + "\r\n" : "")}\r\n{value}\r\n");
        parts.Append(random.Next(8) == 0 ? Of("--x", "--y--", "", "\r\n\r\n--x\r\n") : "--x--\r\n");
        return (Encoding.UTF8.GetBytes(parts.ToString()), "multipart/form-data; boundary=x");
    }

    private string Json(string? sample)
    {
        var members = sample is null ? [] : JsonNode.Parse(sample)!.AsObject().Select(m => $"\"{m.Key}\":{(random.Next(3) == 0 ? Value() : m.Value?.ToJsonString() ?? "null")}").ToList();
        for (var i = random.Next(6) == 0 ? random.Next(3) : 0; i > 0; i--)
            members.Add($"\"{Of(Fields)}\":{Value()}");
        return $"{{{string.Join(',', members)}}}";
    }

    private string Value() => random.Next(6) switch
    {
        0 => Of("0", "-1", "1", "1.5", "1e400", "9223372036854775807", "3162240000", "253402300799000"),
        1 => Of("true", "null", "[]", "{}", "[null]", "[1]", "{\"a\":[]}", "\"\\ud83d\"", "\"\\u0000\""),
        2 => $"[{JsonValue.Create(Text()).ToJsonString()}]",
        3 => $"{{{JsonValue.Create(Of(Fields)).ToJsonString()}:{JsonValue.Create(Text()).ToJsonString()}}}",
        _ => JsonValue.Create(Text()).ToJsonString(),
    };

    private byte[] Garbage()
    {
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static FuzzRequest Made(string method, List<string> lines, byte[] body, bool last) =>
        new(method, [.. Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"), .. body], last);

    private string Text() => random.Next(12) == 0 ? string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(1, 0xD800))) : Of(Texts);

    private string Of(params string[] from) => from[random.Next(from.Length)];

    // What may stand in a request line or a header: visible ASCII alone.
    private static string Plain(string text) => new([.. text.Where(c => c is > ' ' and < '\x7f').Take(500)]);

    // UTF-8 byte by byte, without what would end the line.
    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text.Length > 1000 ? text[..1000] : text)).Replace("\r", "").Replace("\n", "").Replace("\0", "");
}
