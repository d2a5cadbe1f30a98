using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Bench;

// Loads a relay as packaging/tools/derpload.c does, over plain HTTP or TLS, or holds idle connections to it.
var tls = args.Contains("--tls");
var seed = Array.IndexOf(args, "--seed") is >= 0 and var seeded && seeded + 1 < args.Length ? args[seeded + 1] : null;
var words = args.Where((a, i) => a != "--tls" && a != "--seed" && (i == 0 || args[i - 1] != "--seed")).ToArray();
Wire.Seed = seed;
if (words is ["keys", var wanted] && seed is not null && int.TryParse(wanted, out var count))
{
    // What a relay has to let in before the load comes.
    Span<byte> key = stackalloc byte[Wire.Key], secret = stackalloc byte[Wire.Key];
    for (var i = 0; i < count; i++)
    {
        Wire.Make(key, secret);
        Console.WriteLine("nodekey:" + Convert.ToHexStringLower(key));
    }
    return 0;
}
var numbers = words.Skip(1).Where(w => w != "--idle").Select(w => int.TryParse(w, out var n) && n > 0 ? n : -1).ToArray();
var idle = words is [_, _, "--idle", _, _];
if (numbers.Contains(-1) || !(idle || words.Length == 6 && !words.Contains("--idle")))
{
    Console.Error.WriteLine("usage: relayload HOST PORT PAIRS SIZE SECONDS WINDOW [--tls] [--seed TEXT]\n       relayload HOST PORT --idle CONNECTIONS SECONDS [--tls]\n       relayload keys COUNT --seed TEXT");
    return 2;
}
var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
try
{
    var address = Dns.GetHostAddresses(words[0]).OrderBy(a => a.AddressFamily != AddressFamily.InterNetwork).First();
    var relay = new IPEndPoint(address, numbers[0]);
    if (idle) Hold(relay, numbers[1], numbers[2]);
    else Load(relay, pairs: numbers[1], size: Math.Max(8, numbers[2]), seconds: numbers[3], window: numbers[4]);
}
catch (Exception e) when (e.GetBaseException() is IOException or SocketException or System.Security.Authentication.AuthenticationException)
{
    failed.TrySetResult(e.GetBaseException());
}
if (!failed.Task.IsCompleted) return 0;
Console.Error.WriteLine($"relayload: {failed.Task.Result.Message}");
return 1;

void Load(IPEndPoint relay, int pairs, int size, int seconds, int window)
{
    var all = Enumerable.Range(0, pairs).Select(_ => new Pair(relay, tls, size, window)).ToList();
    Thread.Sleep(300);
    var clock = Stopwatch.StartNew();
    foreach (var pair in all) pair.Start(e => failed.TrySetResult(e));
    while (clock.Elapsed.TotalSeconds < seconds)
    {
        if (failed.Task.Wait(100)) return;
        foreach (var pair in all) pair.Revive();
    }
    var took = clock.Elapsed.TotalSeconds;
    long packets = all.Sum(p => p.Received), bytes = all.Sum(p => p.Bytes);
    var latencies = new long[Pair.Slowest + 1];
    foreach (var pair in all)
        for (var i = 0; i < latencies.Length; i++) latencies[i] += pair.Latencies[i];
    Console.WriteLine(FormattableString.Invariant(
        $"pairs {pairs} size {size} window {window}: {packets / took:0} packets/s, {bytes / took / 1e6:0.0} MB/s, latency ms p50 {At(latencies, 0.5):0.000} p99 {At(latencies, 0.99):0.000}"));
}

void Hold(IPEndPoint relay, int connections, int seconds)
{
    var clock = Stopwatch.StartNew();
    var wires = new Wire[connections];
    Parallel.For(0, connections, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => wires[i] = new Wire(relay, tls));
    Console.WriteLine(FormattableString.Invariant($"idle {connections}: all connected after {clock.Elapsed.TotalSeconds:0.0} s"));
    Thread.Sleep(TimeSpan.FromSeconds(seconds));
    GC.KeepAlive(wires);
}

// At: the latency in milliseconds that so large a part of all stays within.
static double At(long[] latencies, double part)
{
    var left = (long)(latencies.Sum() * part);
    var at = 0;
    while (at < latencies.Length - 1 && (left -= latencies[at]) >= 0) at++;
    return at / 1000.0;
}
