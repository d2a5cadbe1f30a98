using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Cli.Server;

/// <summary><c>serve --demo</c>: a month in the life of every feature that has a part in it, see <see cref="DemoPart"/>.</summary>
internal static class DemoData
{
    /// <summary>Fills the database and returns true; false when there is anything in it already.</summary>
    public static async Task<bool> Fill(IConfiguration config, Installation place)
    {
        var parts = Program.Features.Select(f => f.Demo()).OfType<DemoPart>().ToList();
        foreach (var part in parts)
            if (await place.Db.Read(part.Rows) > 0)
                return false;
        var clock = new DemoClock();
        var services = new ServiceCollection();
        services.AddLogging();
        Program.AddGatehouse(services, config, place);
        services.AddSingleton<TimeProvider>(clock);
        await using var provider = services.BuildServiceProvider();
        var world = new DemoWorld(provider, place.Db, clock, new Random(345678), Caller.System with { Name = "demo" }, DateTimeOffset.UtcNow);
        clock.Now = world.Begin;
        foreach (var part in parts)
            await part.Open(world);
        for (var day = DemoWorld.Days; day >= 0; day--)
            foreach (var part in parts)
                await part.Live(world, day, world.Now.AddDays(-day));
        return true;
    }
}
