using System.Diagnostics;
using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>How long an answer takes tells nobody which names there are: over 200 tries of each, taken by turns, so that what else the machine does meets both alike.</summary>
public sealed class TimingTests
{
    private const int Names = 50, TriesOfEach = 4;

    // Between the medians. What is meant to be caught is a password that is not hashed, which is nearly all of the time.
    private const double Alike = 0.1;

    [Fact]
    public async Task A_wrong_password_takes_as_long_for_who_is_unknown()
    {
        await using var server = await TestServer.Start(Engine.Sqlite);
        for (var i = 0; i < Names; i++)
            await server.Staff.Customer(username: $"known{i}", passwordHash: await Site.PasswordHash);
        await AreAlike(i => Try("known" + i), i => Try("nobody" + i));

        async Task Try(string login) => Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.PostApi("/api/user/login", new { login, password = "wrong horse" })).Status);
    }

    [Fact]
    public async Task Signing_up_takes_as_long_with_an_address_that_has_an_account()
    {
        await using var server = await TestServer.Start(Engine.Sqlite);
        await (await server.As(Role.Owner)).PatchApi("/api/settings", new { sign_up = new { proof_of_work = false } });
        for (var i = 0; i < Names; i++)
            await (await server.As(Role.Owner)).PatchApi("/api/users/" + await server.Staff.Customer(), new { email = $"known{i}@example.com" });
        await AreAlike(i => Try($"known{i}@example.com"), i => Try($"new{i}@example.com"));

        async Task Try(string email) => Assert.Equal(HttpStatusCode.Created, (await server.Http.PostApi("/api/user/add_user", new { email, password = "a long password 1" })).Status);
    }

    // A busy machine may give more to the one than to the other by chance, and then it is measured again. What tells them apart does so each time.
    private static async Task AreAlike(Func<int, Task> known, Func<int, Task> unknown)
    {
        for (var time = 1; ; time++)
        {
            var (a, b) = await Measure(known, unknown);
            if (Math.Abs(a / b - 1) < Alike)
                return;
            Assert.True(time < 3, $"known {a:N1} ms, unknown {b:N1} ms");
        }
    }

    // The medians in milliseconds.
    private static async Task<(double First, double Second)> Measure(Func<int, Task> first, Func<int, Task> second)
    {
        var (a, b) = (new List<double>(), new List<double>());
        for (var round = 0; round < Names * TriesOfEach; round++)
        {
            // Whoever comes second finds what the first has warmed: they take turns at that as well.
            var (one, times, other, others) = round % 2 == 0 ? (first, a, second, b) : (second, b, first, a);
            times.Add(await Time(one, round % Names));
            others.Add(await Time(other, round % Names));
        }
        return (Median(a), Median(b));
    }

    private static async Task<double> Time(Func<int, Task> what, int name)
    {
        var clock = Stopwatch.StartNew();
        await what(name);
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
