using System.Net;
using System.Text;
using Gatehouse.Platform.Connections;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Platform.Connections;

/// <summary>The gate in front of the whole appliance. 127.0.0.x are strangers here, each of its own.</summary>
public sealed class ConnectionTests
{
    /// <summary>Nobody becomes impatient before the test's clock is moved, and half a head may stay half: opening many takes its time.</summary>
    private static async Task<TestServer> Start(int total, int perAddress, FakeClock? clock = null, Action<WebApplication>? map = null) => await TestServer.Start(
        adjust: services => services.AddSingleton(new ConnectionGate(new ConnectionLimits(total, perAddress, []), clock ?? new FakeClock()))
            .PostConfigure<KestrelServerOptions>(o => o.Limits.RequestHeadersTimeout = TimeSpan.FromMinutes(5)),
        map: map);

    private static Task Until(Func<bool> holds) => Wait.Until(() => Task.FromResult(holds()), "the connections are as expected", 20);

    [Fact]
    public async Task Half_sent_requests_take_the_places_of_their_own_address_and_no_more()
    {
        await using var server = await Start(200, 20);
        using var attack = new HalfSent();
        await attack.Open(server.Address, 60, HalfSent.Head, "127.0.0.2");
        var heard = await attack.LastHears();
        Assert.StartsWith("HTTP/1.1 429 ", heard, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"RATE_LIMITED\"", heard, StringComparison.Ordinal);
        Assert.Contains("Retry-After: ", heard, StringComparison.Ordinal);
        await Until(() => attack.Alive == 20);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health")).StatusCode);
        Assert.Equal(40, server.Service<ConnectionGate>().Refused);
    }

    [Fact]
    public async Task When_all_places_are_taken_a_newcomer_hears_so_and_gets_in_when_the_others_have_gone()
    {
        await using var server = await Start(16, 16);
        using (var attack = new HalfSent())
        {
            await attack.Open(server.Address, 15, HalfSent.Head, "127.0.0.2");
            var heard = await attack.LastHears();
            Assert.StartsWith("HTTP/1.1 503 ", heard, StringComparison.Ordinal);
            Assert.Contains("\"code\":\"BUSY\"", heard, StringComparison.Ordinal);
        }
        await Until(() => server.Service<ConnectionGate>().Count == 0);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health")).StatusCode);
    }

    [Fact]
    public async Task Whoever_only_waits_makes_room_in_a_crowd_and_who_is_being_answered_does_not()
    {
        var (begun, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var clock = new FakeClock();
        await using var server = await Start(16, 16, clock, app => app.MapGet("/api/test/slow", async () =>
        {
            begun.SetResult();
            await answer.Task;
            return "done";
        }).OpenToAll());
        var slow = server.Http.GetStringAsync("/api/test/slow");
        await begun.Task;
        using var attack = new HalfSent();
        await attack.Open(server.Address, 13, HalfSent.Head, "127.0.0.2");
        await Until(() => server.Service<ConnectionGate>().Count == 14);
        Assert.Equal(13, attack.Alive);
        clock.Advance(ConnectionGate.Patience);
        // They hear of their end a moment before their places are given back.
        await Until(() => attack.Alive == 8 && server.Service<ConnectionGate>().Count == 9);
        using var other = server.Client();
        var health = await other.GetAsync("/health");
        Assert.True(health.StatusCode == HttpStatusCode.OK, $"{health.StatusCode} {await health.Content.ReadAsStringAsync()}");
        answer.SetResult();
        Assert.Equal("done", await slow);
    }

    [Fact]
    public async Task A_place_is_given_back_however_a_connection_ends()
    {
        await using var server = await Start(16, 16);
        var gate = server.Service<ConnectionGate>();
        for (var i = 0; i < 4; i++)
        {
            using var attack = new HalfSent();
            foreach (var begun in new[] { "", "noise\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "POST /api/validate HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n" })
                await attack.Open(server.Address, 2, Encoding.ASCII.GetBytes(begun), "127.0.0.2");
        }
        await Until(() => gate.Count == 0);
        Assert.Empty(server.Errors.Lines);
    }

    [Fact]
    public async Task A_body_that_anybody_may_send_is_small_and_one_of_staff_is_not()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Owner);
        // Spaces around a document are no part of it.
        StringContent Json(string json, int length) => new(json.PadRight(length), null, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsync("/api/validate", Json("""{"code":"VIP-NONE","machine_code":"m"}""", 100_000))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.Http.PostAsync("/api/validate", Json("""{"code":"VIP-NONE","machine_code":"m"}""", 140_000))).StatusCode);
        Assert.NotEqual(HttpStatusCode.RequestEntityTooLarge, (await http.PostAsync("/api/plans", Json("{}", 1_000_000))).StatusCode);
    }
}
