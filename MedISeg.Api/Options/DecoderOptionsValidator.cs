using MedISeg.Dicom.Pixels;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Checks section <c>Dicom:Decoder</c>: the child processes that run native decoders.</summary>
[OptionsValidator]
internal sealed partial class DecoderOptionsValidator : IValidateOptions<DecoderOptions>;
