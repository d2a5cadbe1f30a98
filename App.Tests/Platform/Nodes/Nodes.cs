using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Platform.Nodes;

/// <summary>Two nodes of one installation: two servers over one PostgreSQL database, each with a data folder of its own, by one clock.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private Nodes(TestServer a, TestServer b) => (A, B) = (a, b);

    /// <summary>Where something is changed.</summary>
    public TestServer A { get; }

    /// <summary>Where that must be seen.</summary>
    public TestServer B { get; }

    public FakeClock Clock => A.Clock;

    /// <param name="adjust">Replaces services of A before it is built.</param>
    public static async Task<Nodes> Start(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? adjust = null)
    {
        var a = await TestServer.Start(Engine.Postgres, settings, adjust);
        try
        {
            return new Nodes(a, await TestServer.Start(await a.Storage.OpenNode(), settings));
        }
        catch
        {
            await a.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
    }
}
