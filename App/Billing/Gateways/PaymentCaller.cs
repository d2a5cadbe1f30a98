using Gatehouse.Messaging.Formats;
namespace Gatehouse.Billing.Gateways;
public sealed class PaymentCaller { public Task<ChannelReply> Send(ChannelRequest r, CancellationToken ct) => throw new NotSupportedException(); }
