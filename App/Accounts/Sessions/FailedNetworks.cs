using System.Collections.Concurrent;

namespace Gatehouse.Accounts.Sessions;

/// <summary>Networks from which a sign-in has failed lately, in bounded memory: their passwords are checked after those of others.</summary>
internal sealed class FailedNetworks(TimeProvider clock)
{
    private const int MaxNetworks = 20_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, long> _failedAt = new();

    public bool Has(string network) => _failedAt.TryGetValue(network, out var at) && clock.GetElapsedTime(at) < Remembered;

    public void Add(string network)
    {
        if (_failedAt.Count >= MaxNetworks && !_failedAt.ContainsKey(network))
            Trim();
        _failedAt[network] = clock.GetTimestamp();
    }

    private void Trim()
    {
        foreach (var (network, at) in _failedAt)
            if (clock.GetElapsedTime(at) >= Remembered)
                _failedAt.TryRemove(network, out _);
        if (_failedAt.Count >= MaxNetworks)
            _failedAt.Clear();
    }
}
