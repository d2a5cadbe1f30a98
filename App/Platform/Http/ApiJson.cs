using System.Text.Json.Serialization.Metadata;

namespace Gatehouse.Platform.Http;

public static class ApiJson
{
    /// <summary>Makes a feature's JSON shapes known to the API's description.</summary>
    public static IServiceCollection AddApiJson(this IServiceCollection services, IJsonTypeInfoResolver shapes) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Add(shapes));
}
