using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Endpoints;

namespace Gatehouse.Tests.BadInput;

/// <summary>A body that is wrong in one way.</summary>
/// <param name="Field">The field at fault; null when the whole body is.</param>
/// <param name="MayPass">A value that some fields rightly take: a text with HTML in it is a text.</param>
public sealed record Mutation(string Name, byte[] Body, string? Field, bool MayPass, string ContentType = "application/json");

/// <summary>Makes bad bodies of a good one.</summary>
public static class Mutations
{
    // Written as JSON, since some of it no serialiser would write.
    private static readonly (string Name, string Json)[] AnyValues =
    [
        ("html", "\"<script>alert(1)</script><img src=x onerror=alert(1)>\""),
        ("sql", "\"'; DROP TABLE licenses; -- \\\" OR 1=1\""),
        ("empty text", "\"\""),
        ("spaces", "\"   \""),
        ("nul", "\"a\\u0000b\""),
        ("control", "\"a\\u0007\\u001b[31mb\\r\\nSet-Cookie: x=y\""),
        ("line separators", "\"a\\u2028b\\u202e\""),
        ("half a character", "\"\\ud83d\""),
        ("format", "\"{0} %s ${x} {{7*7}}\""),
        ("path", "\"../../etc/passwd\""),
        ("long text", '"' + new string('x', 100_000) + '"'),
        ("many emoji", '"' + string.Concat(Enumerable.Repeat("😀", 3000)) + '"'),
        ("zero", "0"),
        ("negative", "-1"),
        ("fraction", "1.5"),
        ("greatest", "9223372036854775807"),
        ("beyond", "9223372036854775808"),
        ("least", "-9223372036854775808"),
        ("huge", "1e400"),
        ("true", "true"),
        ("array", "[]"),
        ("array of arrays", "[[[1]]]"),
        ("array of null", "[null]"),
        ("object", "{}"),
        ("object of objects", "{\"a\":{\"b\":{\"c\":1}}}"),
        ("many", "[" + string.Join(',', Enumerable.Repeat("\"x\"", 20_000)) + "]"),
    ];

    private static readonly Dictionary<JsonValueKind, string[]> WrongTypes = new()
    {
        [JsonValueKind.String] = ["1", "true", "[]", "{}", "[\"x\"]"],
        [JsonValueKind.Number] = ["\"x\"", "true", "[]", "{}", "1.5", "1e400", "9223372036854775808"],
        [JsonValueKind.True] = ["\"x\"", "1", "[]", "{}"],
        [JsonValueKind.False] = ["\"x\"", "1", "[]", "{}"],
        [JsonValueKind.Array] = ["\"x\"", "1", "true", "{}", "[1]", "[{}]"],
        [JsonValueKind.Object] = ["\"x\"", "1", "true", "[]"],
    };

    public static IEnumerable<Mutation> Of(EndpointRow row, string body)
    {
        var optional = row.Optional.Split(' ');
        var fields = JsonNode.Parse(body)!.AsObject();
        foreach (var (name, value) in fields)
        {
            foreach (var wrong in WrongTypes[value!.GetValueKind()])
                yield return Text($"{name} as {wrong}", With(fields, name, wrong), name, false);
            foreach (var (what, json) in AnyValues)
                yield return Text($"{name}: {what}", With(fields, name, json), null, true);
            yield return Text($"{name} null", With(fields, name, "null"), optional.Contains(name) ? null : name, optional.Contains(name));
            yield return Text($"{name} missing", With(fields, name, null), optional.Contains(name) ? null : name, optional.Contains(name));
            yield return Text($"{name} twice", With(fields, name, value!.ToJsonString())[..^1] + $",\"{name}\":{value!.ToJsonString()}}}", null, true);
            yield return Text($"{name} in capitals", With(fields, name, null)[..^1].TrimEnd(',') + (fields.Count > 1 ? "," : "") + $"\"{name.ToUpperInvariant()}\":{value.ToJsonString()}}}", null, true);
            yield return new Mutation($"{name}: bad UTF-8", [.. Encoding.UTF8.GetBytes(With(fields, name, "\"a")[..^1]), 0xff, 0xc0, 0x80, .. "\"}"u8], null, false);
        }
        yield return Text("unknown field", body[..^1] + ",\"no_such_field\":1}", "no_such_field", false);
        yield return Text("field of a prototype", body[..^1] + ",\"__proto__\":{\"admin\":true}}", "__proto__", false);
        foreach (var (name, text) in new[]
        {
            ("nothing", ""), ("a space", " "), ("null", "null"), ("an array", "[]"), ("a text", "\"x\""), ("a number", "1"), ("half", body[..(body.Length / 2)]),
            ("more", body + "x"), ("two", body + body), ("NaN", "{\"x\":NaN}"), ("comment", "/*x*/" + body), ("comma", body[..^1] + ",}"), ("single quotes", body.Replace('"', '\'')),
            ("deep array", new string('[', 50_000)), ("deep object", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)),
        })
            yield return Text(name, text, null, false);
        yield return new Mutation("bad UTF-8", [0xff, 0xfe, .. Encoding.UTF8.GetBytes(body)], null, false);
        yield return new Mutation("UTF-16", Encoding.Unicode.GetBytes(body), null, false);
        yield return new Mutation("another type", Encoding.UTF8.GetBytes(body), null, false, "text/plain");
        yield return new Mutation("a form", "a=b"u8.ToArray(), null, false, "application/x-www-form-urlencoded");
    }

    private static Mutation Text(string name, string body, string? field, bool mayPass) => new(name, Encoding.UTF8.GetBytes(body), field, mayPass);

    private static string With(JsonObject fields, string name, string? json) =>
        "{" + string.Join(',', fields.Where(f => f.Key != name || json is not null).Select(f => $"\"{f.Key}\":{(f.Key == name ? json : f.Value!.ToJsonString())}")) + "}";
}
