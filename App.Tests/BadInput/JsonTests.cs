using System.Net;
using System.Net.Http.Headers;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.BadInput;

/// <summary>Whatever is sent, the answer is a problem that says what is wrong, and never a fault of the server.</summary>
public sealed class JsonTests(Sites sites) : IClassFixture<Sites>
{
    public static TheoryData<string, Engine> Table => EndpointCatalogue.On(r => r.Json is not null);

    [Theory, MemberData(nameof(Table))]
    public async Task Bad_bodies_are_refused_by_the_field_at_fault(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var tenant = Site.TenantFor(row.IsDefaults);
        // The things are made for this endpoint alone: what passes changes them.
        var customer = row.IsCustomers ? await site.Customer(tenant) : null;
        var things = await site.Things(tenant, customer);
        var http = customer is null ? things.Owner : site.Server.Client(customer.Token);
        var sample = await things.Fill(row.Sample);
        var wrong = new List<string>();

        foreach (var mutation in Mutations.Of(row, sample.Json!))
        {
            var answer = await Send(http, row.Method, sample.Path, mutation);
            if (Judge(mutation, answer) is { } complaint)
                wrong.Add($"{mutation.Name}: {complaint}: {answer.ToString()[..Math.Min(300, answer.ToString().Length)]}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Empty(site.Server.Errors.Lines);

        // And the good one is good, so that what was refused was refused for what was wrong with it.
        // By another customer: wrong passwords may have closed the first one's door.
        customer = customer is null ? null : await site.Customer(tenant);
        http = customer is null ? http : site.Server.Client(customer.Token);
        sample = await (await site.Things(tenant, customer)).Fill(row.Sample);
        var good = await Send(http, row.Method, sample.Path, new Mutation("good", System.Text.Encoding.UTF8.GetBytes(sample.Json!), null, true));
        Assert.True((int)good.Status < 300, good.ToString());
    }

    [Theory]
    [InlineData(2 * 1024 * 1024)]
    public async Task A_body_beyond_the_limit_is_413(int length)
    {
        await using var server = await TestServer.StartPublished();
        var http = await server.As(Role.Owner);
        var body = new byte[length];
        Array.Fill(body, (byte)' ');
        foreach (var path in new[] { "/api/validate", "/api/plans", "/api/keys/bulk" })
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Send(http, "POST", path, new Mutation("huge", body, null, false))).Status);
    }

    private static string? Judge(Mutation mutation, ApiAnswer answer)
    {
        var status = (int)answer.Status;
        if (status >= 500)
            return "a fault of the server";
        if (status < 400)
            return mutation.MayPass ? null : "taken";
        if (answer.ContentHeaders.ContentType?.MediaType != "application/problem+json")
            return "no problem document";
        if (answer.Code is null || (bool?)answer["success"] != false || string.IsNullOrEmpty((string?)answer["message"]))
            return "a problem without its members";
        return mutation.Field is { } field && answer["errors"]?.AsObject().Any(e => e.Key == field || e.Key.StartsWith(field + "[", StringComparison.Ordinal)) != true ? $"does not name {field}" : null;
    }

    private static Task<ApiAnswer> Send(HttpClient http, string method, string path, Mutation mutation)
    {
        var content = new ByteArrayContent(mutation.Body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mutation.ContentType);
        return http.Call(new HttpRequestMessage(new HttpMethod(method), path) { Content = content });
    }
}
