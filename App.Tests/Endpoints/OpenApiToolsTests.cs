using Gatehouse.Platform.Http;
using Gatehouse.Platform.Http.OpenApi;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>What others' tools make of the description: Redocly and swagger-parser find nothing, and a client made from it calls the server.</summary>
public sealed class OpenApiToolsTests
{
    private const string Variable = "GATEHOUSE_TEST_OPENAPI_TOOLS";

    private static string Tools
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Repository.Path("out", "openapi-tools");
            return Directory.Exists(Path.Combine(folder, "node_modules")) ? folder
                : throw new InvalidOperationException($"This test needs what packaging/openapi/tools.sh installs. Run ./install.sh test, or that, or set {Variable} to its folder.");
        }
    }

    [Fact]
    public async Task Linters_find_nothing_and_a_generated_client_compiles_and_calls_the_server()
    {
        await using var server = await TestServer.Start();
        var staff = await server.As(Role.Admin);
        var key = (await staff.MakeKeys(await staff.MakePlan("VIP"))).Keys[0];
        var (code, output) = await TestDocker.Execute("sh", [Repository.Path("packaging", "openapi", "check.sh"), Tools, server.Address.ToString().TrimEnd('/'), key]);
        Assert.True(code == 0, output);
        foreach (var step in new[] { "redocly", "swagger-parser", "typescript", "client" })
            Assert.Contains("ok " + step, output);
    }

    [Fact]
    public async Task Every_operation_has_a_name_says_whether_it_is_open_and_tells_its_refusals()
    {
        await using var server = await TestServer.Start();
        var document = (await server.Http.GetApi("/openapi/v1.json")).Body!;
        var wrong = new List<string>();
        foreach (var (path, item) in document["paths"]!.AsObject())
            foreach (var (method, operation) in item!.AsObject())
            {
                if ((string?)operation!["operationId"] is not { Length: > 4 } || operation["security"] is null)
                    wrong.Add($"{method} {path}: no name, or nothing of who may");
                if (operation["responses"]!["429"] is null || (operation["requestBody"] is not null && operation["responses"]!["422"] is null))
                    wrong.Add($"{method} {path}: no refusals");
                wrong.AddRange((operation["parameters"]?.AsArray() ?? []).Where(p => string.IsNullOrEmpty((string?)p!["description"])).Select(p => $"{method} {path}: {p!["name"]} is not described"));
                wrong.AddRange(operation["responses"]!.AsObject().Where(r => ((string?)r.Value!["description"])?.Contains("{0}", StringComparison.Ordinal) == true).Select(r => $"{method} {path} {r.Key}: a gap"));
            }
        Assert.Empty(wrong);
        Assert.Equal(document["tags"]!.AsArray().Select(t => (string)t!["name"]!), document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).SelectMany(o => o.Value!["tags"]!.AsArray().Select(t => (string)t!)).Distinct().OrderBy(ApiTags.Order));
        Assert.Empty(document["paths"]!["/api/validate"]!["post"]!["security"]!.AsArray());
        Assert.Contains("`KEY_NOT_FOUND`", (string)document["paths"]!["/api/status/{code}"]!["get"]!["responses"]!["404"]!["description"]!);
        var schemas = document["components"]!["schemas"]!;
        Assert.Equal(Licensing.LicensingVerdicts.All.Order(), schemas["ValidateResponse"]!["properties"]!["code"]!["enum"]!.AsArray().Select(v => (string)v!).Order());
        Assert.True((bool)schemas["StatusResponse"]!["properties"]!["machine_code"]!["deprecated"]!);
    }
}
