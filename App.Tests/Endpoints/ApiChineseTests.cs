using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Http.OpenApi;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>/docs is Chinese throughout where its reader is: each line of the description has its Chinese, and none is there for nothing.</summary>
public sealed partial class ApiChineseTests
{
    [Fact]
    public async Task Each_line_has_its_chinese_and_none_is_there_for_nothing()
    {
        await using var server = await TestServer.Start();
        var api = JsonNode.Parse(await server.Http.GetStringAsync("/openapi/v1.json"))!;
        var lines = new HashSet<string>();
        foreach (var (_, path) in api["paths"]!.AsObject())
            foreach (var (_, operation) in path!.AsObject().Where(o => o.Value is JsonObject { } found && found.ContainsKey("responses")))
            {
                Add(operation!["summary"]);
                Add(operation["description"]);
                foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                    Add(parameter!["description"]);
                foreach (var (status, answer) in operation["responses"]!.AsObject().Where(r => r.Key[0] != '4'))
                    Add(answer!["description"]);
            }
        foreach (var tag in api["tags"]!.AsArray())
            Add(tag!["name"]);
        foreach (var (_, schema) in api["components"]!["schemas"]!.AsObject())
            foreach (var (_, property) in schema!["properties"]?.AsObject() ?? [])
                Add(property!["description"]);
        Assert.True(lines.Count > 500);
        Assert.Empty(lines.Where(l => ApiChinese.Line(l) is null));
        Assert.Empty(ApiChinese.All.Select(w => w.Key).Where(k => k.Split("{}") is [var before, var after] ? !lines.Any(l => l.StartsWith(before, StringComparison.Ordinal) && l.EndsWith(after, StringComparison.Ordinal)) : !lines.Contains(k)));

        void Add(JsonNode? text)
        {
            foreach (var line in ((string?)text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                lines.Add(line);
        }
    }

    [Fact]
    public void It_names_the_same_things_and_is_chinese()
    {
        foreach (var (english, chinese) in ApiChinese.All)
        {
            Assert.Equal(Names(english), Names(chinese));
            Assert.DoesNotMatch("[\\p{IsCJKUnifiedIdeographs}][,;:?!][\\p{IsCJKUnifiedIdeographs}]", chinese);
        }
    }

    [Fact]
    public async Task The_page_speaks_its_readers_language()
    {
        await using var server = await TestServer.Start();
        server.Http.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");
        var page = await server.Http.GetStringAsync("/docs");
        Assert.Contains("校验某台机器上的卡密，第一次调用即激活", page, StringComparison.Ordinal);
        Assert.Contains("需要权限 <code>keys.write</code>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Validate a key for a machine", page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(string text) => Code().Matches(text).Select(m => m.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex Code();
}
