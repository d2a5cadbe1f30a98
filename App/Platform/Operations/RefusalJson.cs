using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Operations;

/// <summary>A refusal as it is stored, so that each reader sees it in their own language.</summary>
internal static class RefusalJson
{
    public static string Write(Refusal refusal)
    {
        var fields = new JsonObject();
        foreach (var (name, message) in refusal.Fields)
            fields[name] = message.ToStored();
        return new JsonObject { ["status"] = refusal.Status, ["code"] = refusal.Code, ["detail"] = refusal.Detail.ToStored(), ["fields"] = fields }.ToJsonString();
    }

    public static Refusal Read(string json)
    {
        var stored = JsonNode.Parse(json)!;
        return new Refusal(new ErrorCode((int)stored["status"]!, (string)stored["code"]!), Message.Parse((string)stored["detail"]!).Args)
        {
            Fields = stored["fields"]!.AsObject().ToDictionary(f => f.Key, f => Message.Parse((string)f.Value!)),
        };
    }
}
