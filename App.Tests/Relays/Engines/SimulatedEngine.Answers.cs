using System.Formats.Tar;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Relays.Engines;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>What it answers.</summary>
internal sealed partial class SimulatedEngine
{
    private async Task Answer(HttpContext ctx, string path, byte[] body)
    {
        if (IsAway)
        {
            ctx.Abort();
            return;
        }
        Interlocked.Increment(ref _asking);
        try
        {
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var (status, said) = (ctx.Request.Method, parts) switch
            {
                ("GET", ["version"]) => (200, """{"Version":"27.5.1","ApiVersion":"1.47","MinAPIVersion":"1.24","Arch":"amd64","Os":"linux"}"""),
                ("GET", ["info"]) => (200, """{"ServerVersion":"27.5.1","NCPU":2,"MemTotal":1000,"MemoryLimit":true,"PidsLimit":true}"""),
                ("GET", ["system", "df"]) => (200, """{"LayersSize":1,"Containers":[],"Volumes":[]}"""),
                ("POST", ["images", "load"]) => await Load(body),
                ("GET", ["images", "json"]) => (200, Listed(Images.Select(t => (JsonNode)new JsonObject { ["Id"] = t, ["RepoTags"] = new JsonArray(t) }))),
                ("GET", ["images", .. var name, "json"]) => Image(string.Join('/', name)),
                ("DELETE", ["images", .. var name]) => Forget(string.Join('/', name)),
                ("GET", ["volumes"]) => (200, new JsonObject { ["Volumes"] = new JsonArray([.. OfLabel(ctx, Volumes.Select(v => (v, LabelsOf(v) ?? NoLabels))).Select(v => new JsonObject { ["Name"] = v })]) }.ToJsonString()),
                ("GET", ["volumes", var name]) => LabelsOf(name) is { } labels ? (200, new JsonObject { ["Name"] = name, ["Labels"] = Json(labels) }.ToJsonString()) : Gone,
                ("DELETE", ["volumes", var name]) => RemoveVolume(name),
                ("GET", ["containers", "json"]) => (200, Listed(OfLabel(ctx, Containers.Select(c => (c, c.Labels))).Select(c => (JsonNode)new JsonObject { ["Id"] = c.Id, ["Names"] = new JsonArray("/" + c.Name), ["State"] = c.State, ["Labels"] = Json(c.Labels) }))),
                ("POST", ["containers", "create"]) => Create(ctx.Request.Query["name"]!, JsonNode.Parse(body)!),
                (var method, ["containers", var id, .. var what]) => Find(id) is { } container ? await One(method, container, string.Join('/', what), body) : Gone,
                _ => (404, """{"message":"page not found"}"""),
            };
            ctx.Response.StatusCode = status;
            if (said.Length == 0)
                return;
            ctx.Response.ContentType = "application/json";
            await ctx.Response.WriteAsync(said);
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    private static readonly Dictionary<string, string> NoLabels = [];

    private static (int, string) Gone => (404, """{"message":"No such thing"}""");

    private static (int, string) Taken(SimulatedContainer c) => (500, $$"""{"message":"failed to bind host port for 0.0.0.0:{{c.Ports[0]}}:172.17.0.2:{{c.Ports[0]}}/tcp: address already in use"}""");

    private static (int, string) Full => (500, """{"message":"mkdir /var/lib/docker/overlay2/x: no space left on device"}""");

    private SimulatedContainer? Find(string id)
    {
        lock (_gate)
            return _containers.GetValueOrDefault(id) ?? _containers.Values.FirstOrDefault(c => c.Name == id);
    }

    private IReadOnlyDictionary<string, string>? LabelsOf(string volume)
    {
        lock (_gate)
            return _volumes.GetValueOrDefault(volume);
    }

    private (int, string) Create(string name, JsonNode body)
    {
        lock (_gate)
        {
            if (IsFull)
                return Full;
            if (_containers.Values.FirstOrDefault(c => c.Name == name) is { } there)
                return (409, $$"""{"message":"Conflict. The container name \"/{{name}}\" is already in use by container \"{{there.Id}}\"."}""");
            var image = (string)body["Image"]!;
            if (!_images.ContainsKey(image))
                return (404, $$"""{"message":"No such image: {{image}}"}""");
            var labels = body["Labels"]!.AsObject().ToDictionary(l => l.Key, l => (string)l.Value!);
            var volume = body["HostConfig"]!["Mounts"]!.AsArray().FirstOrDefault(m => (string)m!["Type"]! == "volume");
            var made = new SimulatedContainer($"id{++_next}", name, image, labels,
                [.. body["HostConfig"]!["PortBindings"]!.AsObject().Select(p => int.Parse((string)p.Value![0]!["HostPort"]!, CultureInfo.InvariantCulture)).Distinct()], (string?)volume?["Source"]);
            if (made.Volume is { } named && !_volumes.ContainsKey(named))
                _volumes[named] = volume!["VolumeOptions"]!["Labels"]!.AsObject().ToDictionary(l => l.Key, l => (string)l.Value!);
            _containers[made.Id] = made;
            return (201, $$"""{"Id":"{{made.Id}}","Warnings":[]}""");
        }
    }

    private async Task<(int, string)> One(string method, SimulatedContainer c, string what, byte[] body)
    {
        switch (method, what)
        {
            case ("GET", "json"):
                return (200, new JsonObject { ["Id"] = c.Id, ["Name"] = "/" + c.Name, ["RestartCount"] = 0, ["State"] = new JsonObject { ["Status"] = c.State }, ["Config"] = new JsonObject { ["Labels"] = Json(c.Labels) } }.ToJsonString());
            case ("PUT", "archive"):
                await using (var tar = new TarReader(new MemoryStream(body)))
                    while (await tar.GetNextEntryAsync(copyData: true) is { DataStream: { } data } entry)
                    {
                        using var content = new MemoryStream();
                        await data.CopyToAsync(content);
                        c.Files[entry.Name] = content.ToArray();
                    }
                return (200, "");
            case ("POST", "start"):
                lock (_gate)
                {
                    if (c.State == "running")
                        return (304, "");
                    if (c.Ports.Any(Strangers.Contains))
                        return Taken(c);
                    if (_containers.Values.Any(o => o != c && o.State is "running" or "paused" && o.Ports.Intersect(c.Ports).Any()))
                        return (500, """{"message":"Bind for 0.0.0.0 failed: port is already allocated"}""");
                    c.State = "running";
                }
                if (await Started(c))
                    return (204, "");
                c.State = "created";
                return Taken(c);
            case ("POST", "restart"):
                c.State = "running";
                return (204, "");
            case ("POST", "stop"):
                c.State = "exited";
                return (204, "");
            case ("DELETE", ""):
                Take(c);
                return (204, "");
            default:
                return Gone;
        }
    }

    private async Task<(int, string)> Load(byte[] body)
    {
        if (IsFull)
            return (200, "{\"errorDetail\":{\"message\":\"write /layer: no space left on device\"}}\r\n");
        var files = new Dictionary<string, string>();
        await using var tar = new TarReader(new MemoryStream(body));
        while (await tar.GetNextEntryAsync(copyData: false) is { } entry)
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal))
                files[entry.Name] = await new StreamReader(entry.DataStream!, Encoding.UTF8).ReadToEndAsync();
        var manifest = JsonNode.Parse(files["manifest.json"])![0]!;
        var tag = (string)manifest["RepoTags"]![0]!;
        PutImage(tag, (string)JsonNode.Parse(files[(string)manifest["Config"]!])!["rootfs"]!["diff_ids"]![0]!);
        return (200, $$"""{"stream":"Loaded image: {{tag}}\n"}""" + "\r\n");
    }

    private (int, string) Image(string tag)
    {
        lock (_gate)
            return _images.TryGetValue(tag, out var layer)
                ? (200, new JsonObject { ["Id"] = tag, ["RootFS"] = new JsonObject { ["Layers"] = new JsonArray(layer) }, ["Config"] = new JsonObject { ["Labels"] = new JsonObject { [RelayImage.ContentLabel] = layer } } }.ToJsonString()) : (404, $$"""{"message":"No such image: {{tag}}"}""");
    }

    private (int, string) Forget(string tag)
    {
        lock (_gate)
            return _containers.Values.Any(c => c.Image == tag) ? (409, """{"message":"conflict: it is used"}""") : _images.Remove(tag) ? (200, "[]") : Gone;
    }

    private (int, string) RemoveVolume(string name)
    {
        lock (_gate)
            return _containers.Values.Any(c => c.Volume == name) ? (409, """{"message":"volume is in use"}""") : _volumes.Remove(name) ? (204, "") : Gone;
    }

    private static IEnumerable<T> OfLabel<T>(HttpContext ctx, IEnumerable<(T One, IReadOnlyDictionary<string, string> Labels)> all) =>
        JsonNode.Parse(ctx.Request.Query["filters"]!)!["label"]!.AsObject().Single().Key.Split('=') is [var name, var value] ? all.Where(a => a.Labels.GetValueOrDefault(name) == value).Select(a => a.One) : [];

    private static JsonObject Json(IReadOnlyDictionary<string, string> labels) => new(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));

    private static string Listed(IEnumerable<JsonNode> all) => new JsonArray([.. all]).ToJsonString();
}
