namespace Gatehouse.Tests.Derp;

/// <summary>One that sends as fast as it is let, and one that receives.</summary>
internal sealed class RatePair : IAsyncDisposable
{
    private Task _running = Task.CompletedTask;

    public required DerpTestClient From { get; init; }

    public required DerpTestClient To { get; init; }

    public static async Task<RatePair> Connect(RelayProcess relay, TestKey? from = null, Via via = Via.Plain) =>
        new() { From = await DerpTestClient.Connect(relay, from, via), To = await DerpTestClient.Connect(relay, via: via) };

    public void Start() => _running = Task.WhenAll(Task.Run(Send), Task.Run(Receive));

    private async Task Send()
    {
        var frames = Enumerable.Repeat(Wire.Packet(To.Key, new byte[2000]), 4).SelectMany(f => f).ToArray();
        try
        {
            while (true)
                await From.SendRaw(frames);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or System.Net.WebSockets.WebSocketException)
        {
        }
    }

    private async Task Receive()
    {
        while (await To.Read(TimeSpan.FromSeconds(60)) is not null)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await From.DisposeAsync();
        await To.DisposeAsync();
        await _running.WaitAsync(DerpTestClient.Patience);
    }
}
