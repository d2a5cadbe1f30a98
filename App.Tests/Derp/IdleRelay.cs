namespace Gatehouse.Tests.Derp;

/// <summary>One relay for the tests of a class that leave it as it was.</summary>
public sealed class IdleRelay : IAsyncLifetime
{
    internal RelayProcess Relay { get; private set; } = null!;

    public async Task InitializeAsync() => Relay = await RelayProcess.Start();

    public async Task DisposeAsync() => await Relay.DisposeAsync();
}
