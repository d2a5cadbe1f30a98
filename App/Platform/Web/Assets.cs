namespace Gatehouse.Platform.Web;

public static class Assets
{
    public static string Url(string path) => "/assets/" + path;
    public static void MapAssets(this IEndpointRouteBuilder app) { }
}
