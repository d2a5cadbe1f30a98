using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Containers;

/// <summary>One server's engine as the reconciler has it: the connection, what was seen there last, and when it is looked at again.</summary>
internal sealed class EnginePlace : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10), Clear = TimeSpan.FromMinutes(10);
    private Engine? _engine;
    private string _address = "", _seen = "", _wanted = "";
    private long? _lookedAt, _clearedAt;
    private TimeSpan _wait = TimeSpan.Zero;
    private CancellationTokenSource? _until;

    /// <summary>Between looks that fail, at most.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The look that goes on; ended: none does.</summary>
    public Task Round { get; set; } = Task.CompletedTask;

    /// <summary>The engine has the image of this program.</summary>
    public bool HasImage { get; set; }

    /// <summary>What engines keep is looked through now and then.</summary>
    public bool IsToClear => _clearedAt is not { } at || TimeProvider.System.GetElapsedTime(at) >= Clear;

    /// <summary>Is something else wanted there than at the last look, or has its time come?</summary>
    public bool IsDue(RelayServer server, IReadOnlyList<WantedRelay> wanted, long now)
    {
        _wanted = string.Join('\n', wanted.Select(w => $"{w.ContainerId} {w.Port} {w.Run} {w.CertName}"));
        if (_lookedAt is not { } at || Of(server) != _address)
            return true;
        var passed = TimeProvider.System.GetElapsedTime(at);
        return passed >= _wait || _wait == Every && (_wanted != _seen || passed > TimeSpan.FromSeconds(1) && wanted.Any(w => w is { Run: true, State: "failed", RetryAt: not null } && !w.Pauses(now)));
    }

    /// <summary>The engine, connected anew where it was not, or is another.</summary>
    /// <exception cref="EngineException">It is not reached.</exception>
    public async Task<Engine> Connect(RelayServer server, EngineAddress address, string owner, CancellationToken ct)
    {
        _seen = _wanted;
        if (_engine is not null && Of(server) == _address)
            return _engine;
        await Leave();
        _address = Of(server);
        return _engine = await Engine.Connect(address, owner, ct);
    }

    public void Cleared() => _clearedAt = TimeProvider.System.GetTimestamp();

    /// <summary>A look has ended: well, or with a growing pause before the next.</summary>
    public async Task Looked(bool well)
    {
        _lookedAt = TimeProvider.System.GetTimestamp();
        _wait = well ? Every : _wait == Every || _wait == TimeSpan.Zero ? TimeSpan.FromSeconds(2) : _wait * 2 < Longest ? _wait * 2 : Longest;
        if (!well)
            await Leave();
    }

    /// <summary>The end of a look: with the process, or when another one looks after the engine.</summary>
    public CancellationToken Until(CancellationToken ct)
    {
        _until?.Dispose();
        return (_until = CancellationTokenSource.CreateLinkedTokenSource(ct)).Token;
    }

    /// <summary>The look that goes on is to end.</summary>
    public Task End() => _until?.CancelAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Round.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Leave();
        _until?.Dispose();
    }

    private async Task Leave()
    {
        HasImage = false;
        if (_engine is { } before)
        {
            _engine = null;
            await before.DisposeAsync();
        }
    }

    private static string Of(RelayServer server) => server.Engine + server.SealedSecrets;
}
