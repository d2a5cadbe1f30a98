using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Version = System.Version;

namespace Gatehouse.Relays.Engines;

/// <summary>What an engine is.</summary>
/// <param name="Api">The version that we speak with it.</param>
/// <param name="Machine">As Docker names it: <c>amd64</c>, <c>arm64</c>.</param>
/// <param name="Memory">Of its host, in bytes.</param>
/// <param name="Limits">It holds containers to their memory and number of processes.</param>
/// <param name="Rootless">It runs without root: no ports below 1024, and devices' addresses may be lost.</param>
/// <param name="Warnings">Its own, in its words.</param>
public sealed record EngineInfo(string Version, Version Api, bool Podman, string Machine, long Cpus, long Memory, bool Limits, bool Rootless, IReadOnlyList<string> Warnings)
{
    /// <summary>Which engine it is, for as long as it keeps its data; empty: it does not say (Podman says another each time).</summary>
    public string Id { get; init; } = "";
}

/// <summary>What lies on the engine's disk, in bytes.</summary>
public sealed record EngineDisk(long Images, long Containers, long Volumes);

/// <summary>
/// One Docker engine (20.10 and later, or Podman's service), spoken to over its API. Whatever it does to a container or a volume it does
/// only to those that carry our label; what goes wrong is an <see cref="EngineException"/>.
/// </summary>
public sealed partial class Engine : IAsyncDisposable
{
    private static readonly Version Least = new(1, 41), Most = new(1, 51);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), StopAfter = TimeSpan.FromSeconds(5);
    private readonly EngineLine _line;
    private readonly DockerClient _client;
    private readonly string _owner;

    private Engine(EngineLine line, DockerClient client, string owner, EngineInfo info)
    {
        (_line, _client, _owner, Info) = (line, client, owner, info);
    }

    public EngineInfo Info { get; }

    /// <summary>Reaches the engine and agrees on a version of its API.</summary>
    /// <param name="owner">Which appliance we are: what it makes there carries this in the label <c>gatehouse.managed</c>.</param>
    /// <exception cref="EngineException">It is not reached, or no engine of ours.</exception>
    public static async Task<Engine> Connect(EngineAddress address, string owner, CancellationToken ct)
    {
        var line = EngineLine.To(address);
        DockerClient? client = null;
        try
        {
            VersionResponse version;
            using (var any = Client(line, null))
                version = await Ask(line, t => any.System.GetVersionAsync(t), Patience, ct);
            var podman = version.Components?.Any(c => c.Name.Contains("Podman", StringComparison.OrdinalIgnoreCase)) == true;
            var api = Agree(version, podman);
            client = Client(line, api);
            var made = client;
            var info = await Ask(line, t => made.System.GetSystemInfoAsync(t), Patience, ct);
            return new Engine(line, client, owner, new EngineInfo(version.Version, api, podman, version.Arch, info.NCPU, info.MemTotal, info.MemoryLimit && info.PidsLimit,
                info.SecurityOptions?.Any(o => o.Contains("rootless", StringComparison.Ordinal)) == true, [.. info.Warnings ?? []]) { Id = podman ? "" : info.ID ?? "" });
        }
        catch
        {
            client?.Dispose();
            await line.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sees that it is still that engine: behind an address another may have come to stand, on whose containers nobody here has a say.</summary>
    /// <param name="id">Of <see cref="EngineInfo.Id"/>; empty: it is not known which.</param>
    /// <exception cref="EngineException"><see cref="EngineFault.OtherEngine"/>, or it does not say.</exception>
    public async Task Require(string id, CancellationToken ct)
    {
        if (id.Length > 0 && !Info.Podman && (await Ask(t => _client.System.GetSystemInfoAsync(t), ct)).ID is { Length: > 0 } now && now != id)
            throw new EngineException(EngineFault.OtherEngine, now);
    }

    /// <summary>Whether it answers.</summary>
    /// <exception cref="EngineException">It does not.</exception>
    public Task Ping(CancellationToken ct) => Ask(t => _client.System.PingAsync(t), ct);

    /// <summary>Takes a while on an engine with much on it.</summary>
    /// <exception cref="EngineException">It does not say.</exception>
    public async Task<EngineDisk> Disk(CancellationToken ct)
    {
        // By hand: the library reads this as API 1.52 and later say it, and no engine before says it so.
        using var http = new HttpClient(_line.Handler()) { Timeout = Timeout.InfiniteTimeSpan };
        return await Ask(_line, async t =>
        {
            using var answer = await http.GetAsync(new Uri($"http://docker/v{Info.Api}/system/df"), t);
            await using var body = await answer.Content.ReadAsStreamAsync(t);
            if (!answer.IsSuccessStatusCode)
                throw EngineFaults.Answered(answer.StatusCode, answer.ReasonPhrase ?? "");
            using var json = await JsonDocument.ParseAsync(body, default, t);
            return new EngineDisk(Size(json.RootElement, "LayersSize"), Sum("Containers", c => Size(c, "SizeRw")), Sum("Volumes", v => v.TryGetProperty("UsageData", out var used) ? Size(used, "Size") : 0));

            long Sum(string list, Func<JsonElement, long> of) => json.RootElement.TryGetProperty(list, out var all) && all.ValueKind == JsonValueKind.Array ? all.EnumerateArray().Sum(of) : 0;
        }, TimeSpan.FromMinutes(5), ct);

        // Left out where nothing is, null or -1 where it was not counted.
        static long Size(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var size) && size.ValueKind == JsonValueKind.Number ? Math.Max(0, size.GetInt64()) : 0;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _line.DisposeAsync();
    }

    /// <summary>The newest that both speak: 1.41 counts traffic at once, and engines from 29 on refuse what is much older than they are.</summary>
    internal static Version Agree(VersionResponse version, bool podman)
    {
        if (!Version.TryParse(version.APIVersion, out var theirs))
            throw new EngineException(EngineFault.NotAnEngine, $"version {version.Version}, API {version.APIVersion}");
        if (theirs < Least)
            throw new EngineException(EngineFault.TooOld, $"version {version.Version}, API {theirs}");
        // Podman counts its own versions there.
        if (!podman && Version.TryParse(version.MinAPIVersion, out var least) && least > Most)
            throw new EngineException(EngineFault.TooNew, $"version {version.Version}, API {least}");
        return theirs < Most ? theirs : Most;
    }

    private static DockerClient Client(EngineLine line, Version? api)
    {
        var builder = new DockerClientBuilder().WithTimeout(Timeout.InfiniteTimeSpan).WithTransportOptions(new EngineLines(), line);
        return (DockerClient)(api is null ? builder : builder.WithApiVersion(api)).Build();
    }

    private Task<T> Ask<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct) => Ask(_line, call, Patience, ct);

    private Task Ask(Func<CancellationToken, Task> call, CancellationToken ct) => Ask(async t =>
    {
        await call(t);
        return true;
    }, ct);

    private static async Task<T> Ask<T>(EngineLine line, Func<CancellationToken, Task<T>> call, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        try
        {
            return await call(limit.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && EngineFaults.Of(e) is not null)
        {
            throw await Fault(line, e);
        }
    }

    private static async Task<EngineException> Fault(EngineLine line, Exception e)
    {
        var fault = EngineFaults.Of(e)!;
        return e is not EngineException && fault is { Fault: EngineFault.Unreachable, InnerException: not OperationCanceledException } && await line.Explain() is { } closer ? closer : fault;
    }
}
