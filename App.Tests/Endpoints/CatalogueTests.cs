using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Endpoints;

/// <summary>The rows are whole: no endpoint without one, and none without what its tests need.</summary>
public sealed class CatalogueTests
{
    private static readonly string[] RouteParameterNames = ["id", "key", "name", "note", "slug", "action", "code", "run", "file", "**path"];

    [Fact]
    public async Task Every_endpoint_has_its_row()
    {
        await using var server = await TestServer.Start();
        var mapped = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(m => $"{m} /{e.RoutePattern.RawText!.Trim('/')}")).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(mapped, EndpointCatalogue.Rows.Select(r => r.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_has_its_sample()
    {
        var wrong = new List<string>();
        foreach (var row in EndpointCatalogue.Rows)
        {
            var left = RouteParameterNames.Where(p => row.Path.Contains("{" + p + "}", StringComparison.Ordinal)).Except(Things.In(row.Path)).ToList();
            if (left.Count > 0)
                wrong.Add($"{row}: {string.Join(", ", left)} of its path is no thing");
            if (EndpointCatalogue.Of(row.Sample) != row)
                wrong.Add($"{row}: the sample goes to {EndpointCatalogue.Of(row.Sample)}");
            if (row.IsApi && row.Method is "PATCH" or "PUT" && row.Json is null)
                wrong.Add($"{row}: no JSON");
        }
        Assert.Empty(wrong);
    }

    /// <summary>Forgetting a lock fails a test: what changes a thing has something that it must not undo.</summary>
    [Fact]
    public void Every_change_of_a_thing_has_its_lost_update_row()
    {
        Assert.Empty(EndpointCatalogue.Rows.Where(r => r.ChangesThing && r.Races.Length == 0));
        Assert.Empty(EndpointCatalogue.Rows.SelectMany(r => r.Races.Where(race => EndpointCatalogue.Of(race.First) != r && EndpointCatalogue.Of(race.Second) != r).Select(race => $"{r}: {race} is of another")));
    }

    [Fact]
    public async Task What_reads_a_body_or_an_idempotency_key_has_them_in_its_row()
    {
        await using var server = await TestServer.Start();
        var schema = await ApiSchema.Of(server);
        var wrong = new List<string>();
        foreach (var row in EndpointCatalogue.Rows.Where(r => r.Route.StartsWith("/api/", StringComparison.Ordinal)))
        {
            if (schema.TakesBody(row) != row.Json is not null)
                wrong.Add($"{row}: a body is {(row.Json is null ? "described and not in the row" : "in the row and not described")}");
            if (schema.TakesKey(row) != row.Once)
                wrong.Add($"{row}: an Idempotency-Key is {(row.Once ? "in the row and not described" : "described and not in the row")}");
            var queries = schema.Queries(row).ToHashSet();
            if (!queries.SetEquals(row.Query.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                wrong.Add($"{row}: describes the queries {string.Join(' ', queries)}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
