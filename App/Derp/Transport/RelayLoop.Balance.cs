using System.Diagnostics;

namespace Gatehouse.Derp.Transport;

// Devices come in without saying how much they will send. A loop that has much more to do than another hands it some of its own.
internal sealed unsafe partial class RelayLoop
{
    private const int BalanceEvery = 100;
    private static readonly long Worth = Stopwatch.Frequency * BalanceEvery / 1000 / 20;
    private readonly List<(SocketConnection Client, int Bytes)> _senders = [];
    private long _clock, _spent, _load, _loadAt, _balanceAt;

    /// <summary>All loops of the relay, this one too.</summary>
    public IReadOnlyList<RelayLoop> All { get; set; } = [];

    // The time that it spent on clients lately, in the clock's ticks; nothing if it has not looked for a while.
    private long Load => Environment.TickCount64 - Volatile.Read(ref _loadAt) < 3 * BalanceEvery ? Volatile.Read(ref _load) : 0;

    private void NoteTime(SocketConnection client)
    {
        var now = Stopwatch.GetTimestamp();
        client.Spent += now - _clock;
        _spent += now - _clock;
        _clock = now;
    }

    // Those whose packets were delivered together spent the time together, by their bytes.
    private void NoteDelivery()
    {
        if (_senders.Count == 0)
            return;
        var now = Stopwatch.GetTimestamp();
        long took = now - _clock, all = 0;
        foreach (var (_, bytes) in _senders)
            all += bytes;
        foreach (var (client, bytes) in _senders)
            client.Spent += took * bytes / all;
        _spent += took;
        _clock = now;
        _senders.Clear();
    }

    private void Balance(long now)
    {
        _balanceAt = now + BalanceEvery;
        Volatile.Write(ref _load, _spent);
        Volatile.Write(ref _loadAt, now);
        var least = All.MinBy(l => l.Load);
        if (_spent > Worth && least is not null && _spent > least.Load * 3 / 2)
            Relieve(least, (_spent - least.Load) / 2);
        _spent = 0;
        foreach (var client in _clients)
        {
            if (client is not null)
                client.Spent = 0;
        }
    }

    // The busiest first: then few of them have to move.
    private void Relieve(RelayLoop other, long excess)
    {
        foreach (var client in _clients.Where(c => c is { Spent: > 0, IsMovable: true }).OrderByDescending(c => c!.Spent).ToList())
        {
            if (client!.Spent > excess)
                continue;
            excess -= client.Spent;
            Interlocked.Add(ref other._load, client.Spent);
            Volatile.Write(ref other._loadAt, Environment.TickCount64);
            Interlocked.Increment(ref other._assigned);
            client.Leave(other);
            other.Run(() => other.Settle(client));
        }
    }
}
