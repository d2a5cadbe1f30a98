namespace Gatehouse.Billing.Gateways;
public static class GatewayKinds
{
    public static readonly GatewayKind Balance = new("balance", null, []);
    public static readonly IReadOnlyList<GatewayKind> All = [Balance];
    public static GatewayKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);
}
