using System.Globalization;
using Docker.DotNet.Models;

namespace Gatehouse.Relays.Engines;

/// <summary>Something that is otherwise than it was asked for.</summary>
/// <param name="Field">Of <see cref="ContainerField.All"/>.</param>
/// <param name="Is">What it is now.</param>
/// <param name="Live">It can be put right while the container runs.</param>
public sealed record Difference(string Field, string Is, bool Live)
{
    public override string ToString() => $"{Field}={Is}";
}

/// <summary>A container as it is asked for, or as an engine has it.</summary>
/// <param name="Entrypoint">Empty of one that is asked for: its image's own.</param>
/// <param name="Mounts">What lies where inside.</param>
/// <param name="Networks">It is in so many.</param>
/// <param name="Podman">Its engine is Podman, which keeps some of it under other names.</param>
internal sealed record ContainerShape(string Image, string User, IList<string>? Entrypoint, IList<string>? Command, IList<string>? Environment, IDictionary<string, string>? Labels, HostConfig Host, IReadOnlyList<string> Mounts, int Networks, bool Podman)
{
    public static ContainerShape Of(CreateContainerParameters asked, bool podman) => new(asked.Image, asked.User, asked.Entrypoint, asked.Cmd, asked.Env, asked.Labels, asked.HostConfig ?? new(),
        [.. (asked.HostConfig?.Mounts ?? []).Select(m => Mounted(m.Type, m.Source, m.Target, m.ReadOnly != true))], 1, podman);

    // Volumes without a name come with an image; nobody has put them there.
    public static ContainerShape Of(ContainerInspectResponse there, bool podman) => new(there.Config?.Image ?? "", there.Config?.User ?? "", there.Config?.Entrypoint, there.Config?.Cmd, there.Config?.Env, there.Config?.Labels, there.HostConfig ?? new(),
        [.. (there.Mounts ?? []).Where(m => m.Type == "bind" || m.Type == "volume" && !IsUnnamed(m.Name)).Select(m => Mounted(m.Type, m.Type == "volume" ? m.Name : m.Source, m.Destination, m.RW))],
        there.State?.Running == true ? there.NetworkSettings?.Networks?.Count ?? 0 : 1, podman);

    private static bool IsUnnamed(string? name) => name is null || name.Length == 64 && name.All(char.IsAsciiHexDigitLower);

    private static string Mounted(string? type, string? source, string? target, bool writes) => $"{type}:{source}:{target}:{(writes ? "rw" : "ro")}";
}

/// <summary>
/// One thing about a container: how an engine is asked for it, and how what the engine has is read again. Both are told here and nowhere else, so that
/// whatever is asked for is also looked at. Engines from 20.10 to 29 and Podman write some of it in words of their own: those are taken as the same.
/// </summary>
/// <param name="Is">The same text for what is the same; null: engines do not keep it as it was asked for, and it is not looked at.</param>
internal sealed record ContainerField(string Name, Action<RelayContainer, string, CreateContainerParameters, HostConfig> Ask, Func<ContainerShape, string?>? Is)
{
    // What an engine sets by itself, and the image.
    private static readonly string[] Usual = ["PATH", "HOME", "HOSTNAME", "TERM", "container", "LD_LIBRARY_PATH", "SSL_CERT_FILE"], Anywhere = ["", "0.0.0.0", "::"], UsualNetwork = ["", "default", "bridge"];

    // Podman writes down each of them by name.
    private const int ManyCapabilities = 10;

    /// <summary>Can it be changed while the container runs?</summary>
    public bool Live { get; init; }

    /// <summary>It is asked only of engines that hold containers to their limits.</summary>
    public bool Limit { get; init; }

    public static readonly IReadOnlyList<ContainerField> All =
    [
        new("image", (c, _, b, h) => b.Image = c.Image, s => Strip(s.Image)),
        new("user", (_, _, b, h) => b.User = RelayContainer.User, s => s.User),
        new("program", (c, _, b, h) => b.Entrypoint = c.Entrypoint!, s => s.Entrypoint is null ? null : Lines(s.Entrypoint)),
        new("options", (c, _, b, h) => b.Cmd = [.. c.Options], s => Lines(s.Command)),
        new("environment", (_, _, _, _) => { }, s => Lines(s.Environment?.Where(e => !Usual.Contains(e.Split('=')[0]) && !e.StartsWith("GATEHOUSE_", StringComparison.Ordinal)).Order(StringComparer.Ordinal))),
        new("labels", (c, owner, b, h) => b.Labels = c.Labels(owner), s => Lines(s.Labels?.Where(l => l.Key.StartsWith("gatehouse.", StringComparison.Ordinal) && l.Key != RelayImage.ContentLabel).Select(l => $"{l.Key}={l.Value}").Order(StringComparer.Ordinal))),
        new("ports", (c, _, b, h) => (b.ExposedPorts, h.PortBindings) = (c.Ports.ToDictionary(p => p.Inside, _ => default(EmptyStruct)), c.Ports.ToDictionary(p => p.Inside, p => (IList<PortBinding>)[new() { HostIP = c.Listen, HostPort = p.Outside.ToString(CultureInfo.InvariantCulture) }])),
            s => Lines(s.Host.PortBindings?.SelectMany(p => (p.Value ?? []).Select(b => $"{p.Key}={(Anywhere.Contains(b.HostIP ?? "") ? "" : b.HostIP)}:{b.HostPort}")).Distinct().Order(StringComparer.Ordinal))),
        // One that was taken out of its network is reached by nobody.
        new("network", (_, _, _, _) => { }, s => s.Podman ? null : $"{(UsualNetwork.Contains(s.Host.NetworkMode ?? "") ? "" : s.Host.NetworkMode)} {s.Networks}"),
        new("mounts", (c, owner, b, h) => (h.Mounts, h.Tmpfs) = (c.Mounts(owner), new Dictionary<string, string> { ["/tmp"] = "rw,noexec,nosuid,size=4m" }), s => Lines(s.Mounts.Concat(s.Host.Tmpfs?.Keys ?? []).Order(StringComparer.Ordinal))),
        new("read_only", (_, _, b, h) => h.ReadonlyRootfs = true, s => $"{s.Host.ReadonlyRootfs}"),
        new("capabilities", (_, _, b, h) => h.CapDrop = ["ALL"], s => (s.Host.CapDrop is { } less && (less.Any(c => c.EndsWith("ALL", StringComparison.OrdinalIgnoreCase)) || less.Count >= ManyCapabilities) ? "none" : Lines(s.Host.CapDrop)) + Lines(s.Host.CapAdd)),
        new("privileges", (_, _, b, h) => h.SecurityOpt = ["no-new-privileges:true"],
            s => Lines((s.Host.SecurityOpt ?? []).Select(o => o.Replace("=true", "", StringComparison.Ordinal).Replace(":true", "", StringComparison.Ordinal)).Append($"{s.Host.Privileged} {s.Host.Devices?.Count ?? 0}").Order(StringComparer.Ordinal))),
        new("memory", (c, _, b, h) => (h.Memory, h.MemorySwap) = (c.Memory, c.Memory), s => $"{s.Host.Memory} {s.Host.MemorySwap}") { Live = true, Limit = true },
        new("processes", (c, _, b, h) => h.PidsLimit = c.Processes, s => $"{Math.Max(0, s.Host.PidsLimit ?? 0)}") { Live = true, Limit = true },
        // An engine that is told to change them takes nothing for no change.
        new("share", (_, _, _, _) => { }, s => string.Create(CultureInfo.InvariantCulture, $"{s.Host.NanoCPUs} {s.Host.CPUQuota} {s.Host.CPUShares} {s.Host.BlkioWeight} {s.Host.MemoryReservation} {s.Host.CpusetCpus} {s.Host.CpusetMems}")),
        new("restart", (_, _, b, h) => h.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.UnlessStopped }, s => $"{s.Host.RestartPolicy?.Name} {s.Host.RestartPolicy?.MaximumRetryCount ?? 0}") { Live = true },
        new("logs", (_, _, b, h) => h.LogConfig = new LogConfig { Type = "json-file", Config = new Dictionary<string, string> { ["max-size"] = "1m", ["max-file"] = "2" } },
            s => s.Podman ? null : $"{s.Host.LogConfig?.Type} {Lines(s.Host.LogConfig?.Config?.Select(c => $"{c.Key}={c.Value}").Order(StringComparer.Ordinal))}"),
        // The image's own asks the relay.
        new("check", (c, _, b, h) => b.Healthcheck = c.IsRelay ? null : new HealthcheckConfig { Test = ["NONE"] }, null),
        // Open files are as the engine has them: one that may not raise its own limit would start nothing.
        new("stop", (_, _, b, h) => b.StopTimeout = TimeSpan.FromSeconds(5), null),
    ];

    /// <summary>What is otherwise than it was asked for.</summary>
    public static IReadOnlyList<Difference> Differences(ContainerShape asked, ContainerShape there, bool limits) =>
        [.. All.Where(f => limits || !f.Limit).Where(f => f.Is?.Invoke(asked) is { } wanted && f.Is(there) is var has && wanted != has).Select(f => new Difference(f.Name, f.Is!(there) ?? "", f.Live))];

    private static string Lines(IEnumerable<string>? all) => string.Join(' ', all ?? []);

    // Podman puts where an image would come from in front of its name.
    private static string Strip(string image) => image.StartsWith("localhost/", StringComparison.Ordinal) ? image["localhost/".Length..] : image.StartsWith("docker.io/", StringComparison.Ordinal) ? image["docker.io/".Length..] : image;
}
